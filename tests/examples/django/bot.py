import json
import urllib.request

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

settings.configure(ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, SECRET_KEY="only for this example")
django.setup()


def send(to: str, text: str) -> None:
    message = {"receiver": to, "type": "text", "text": text, "sender": {"name": "Parrot"}}
    headers = {"X-Viber-Auth-Token": settings.VIBER_TOKEN, "Content-Type": "application/json"}
    url = f"{settings.VIBER_API_URL}/send_message"
    urllib.request.urlopen(urllib.request.Request(url, json.dumps(message).encode(), headers)).close()


@csrf_exempt
def hook(request: HttpRequest) -> JsonResponse:
    event = json.loads(request.body)
    if event["event"] == "message":
        send(event["sender"]["id"], f"You said {event['message']['text']}")
    return JsonResponse({})


urlpatterns = [path("hook", hook)]
application = get_wsgi_application()
