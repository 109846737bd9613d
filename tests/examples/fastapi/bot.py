import httpx
from fastapi import BackgroundTasks, FastAPI, Request


def make_app(api_url: str, token: str) -> FastAPI:
    app = FastAPI()

    async def send(to: str, text: str) -> None:
        async with httpx.AsyncClient(base_url=api_url, headers={"X-Viber-Auth-Token": token}) as api:
            message = {"receiver": to, "type": "text", "text": text, "sender": {"name": "Parrot"}}
            await api.post("/send_message", json=message)

    @app.post("/hook")
    async def hook(request: Request, later: BackgroundTasks) -> dict[str, str]:
        event = await request.json()
        if event["event"] == "message":
            later.add_task(send, event["sender"]["id"], f"You said {event['message']['text']}")
        return {}

    return app
