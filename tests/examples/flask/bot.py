import json
import urllib.request

from flask import Flask, request


def make_app(api_url: str, token: str) -> Flask:
    app = Flask(__name__)

    def send(to: str, text: str) -> None:
        message = {"receiver": to, "type": "text", "text": text, "sender": {"name": "Parrot"}}
        headers = {"X-Viber-Auth-Token": token, "Content-Type": "application/json"}
        request_to_api = urllib.request.Request(f"{api_url}/send_message", json.dumps(message).encode(), headers)
        urllib.request.urlopen(request_to_api).close()

    @app.post("/hook")
    def hook() -> dict[str, str]:
        event = request.get_json()
        if event["event"] == "message":
            send(event["sender"]["id"], f"You said {event['message']['text']}")
        return {}

    return app
