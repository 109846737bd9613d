from collections.abc import AsyncIterator

from aiohttp import ClientSession, web

API = web.AppKey("api", ClientSession)


def make_app(api_url: str, token: str) -> web.Application:
    async def api(app: web.Application) -> AsyncIterator[None]:
        headers = {"X-Viber-Auth-Token": token}
        async with ClientSession(f"{api_url}/", headers=headers) as app[API]:
            yield

    async def hook(request: web.Request) -> web.Response:
        event = await request.json()
        if event["event"] == "message":
            to, text = event["sender"]["id"], f"You said {event['message']['text']}"
            message = {"receiver": to, "type": "text", "text": text, "sender": {"name": "Parrot"}}
            async with request.app[API].post("send_message", json=message):
                pass
        return web.Response()

    app = web.Application()
    app.cleanup_ctx.append(api)
    app.router.add_post("/hook", hook)
    return app
