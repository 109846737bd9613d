// The flower shop of the tests, on Viber's official SDK for Node. It refuses the first message that it is sent, and says
// again what the API would not take.
'use strict';

const http = require('http');
const { Bot, Message } = require('viber-bot');

const { VIBER_API_URL, VIBER_AUTH_TOKEN, SIMULATOR_ENDPOINT, PORT } = process.env;
const port = Number(PORT || new URL(SIMULATOR_ENDPOINT).port);

const bot = new Bot({ authToken: VIBER_AUTH_TOKEN, name: 'Flower shop', avatar: 'https://example.com/shop.jpg' });
bot._client._url = VIBER_API_URL;

const MENU = {
  Type: 'keyboard',
  Buttons: [['Track order', 'track'], ['Opening hours', 'hours']].map(([label, body]) => ({
    ActionType: 'reply', ActionBody: body, Text: label,
  })),
};

async function say(response, message) {
  for (const pause of [100, 300, 0]) {
    try {
      await response.send(message);
      return;
    } catch (problem) {
      if (problem.status !== 12) throw problem;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

async function sizeOf(url) {
  const answer = await fetch(url);
  return (await answer.arrayBuffer()).byteLength;
}

bot.onConversationStarted((user, isSubscribed, context, answer) => {
  answer(new Message.Text(`Welcome to the flower shop, ${user.name}!`, MENU));
});

const WORDS = { track: 'Which order number?', hours: "We are open every day from 9 to 18 o'clock." };

const ANSWERS = {
  text: (message) => (message.text.includes('catalogue')
    ? new Message.Picture('https://example.com/spring.jpg', 'Spring flowers')
    : new Message.Text(WORDS[message.text] || 'Pardon?')),
  picture: async (message) => new Message.Text(`Thank you: ${await sizeOf(message.url)} bytes of flowers.`),
  sticker: (message) => new Message.Sticker(message.stickerId),
};

const handled = new Set();

bot.on('message', async (message, response) => {
  if (handled.has(message.token)) return;
  handled.add(message.token);
  const answer = ANSWERS[message.constructor.getType()];
  if (answer) await say(response, await answer(message));
});
bot.on('error', (problem) => process.stderr.write(`${JSON.stringify(problem)}\n`));

const take = bot.middleware();
let count = 0;
http.createServer((request, response) => {
  count += 1;
  if (count === 2) {
    response.writeHead(500).end();
    return;
  }
  take(request, response);
}).listen(port, '127.0.0.1', () => process.stdout.write(`listening on port ${port}\n`));
