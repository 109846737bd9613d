// Takes events with Viber's official SDK for Node, and writes a line of JSON for each: what the SDK has handed on.
'use strict';

const http = require('http');
const { Bot } = require('viber-bot');

const bot = new Bot({ authToken: process.env.VIBER_AUTH_TOKEN, name: 'Shop', avatar: '' });

function say(event, read) {
  process.stdout.write(JSON.stringify({ event, ...read }) + '\n');
}

bot.on('message', (message, response, silent, replyType, chatId) => {
  const type = message.constructor.getType();
  say('message', { type, message, user: response.userProfile, silent, reply_type: replyType, chat_id: chatId });
});
bot.on('conversation_started', (response, subscribed, context) => {
  say('conversation_started', { user: response.userProfile, subscribed, context });
});
bot.on('subscribed', (response) => say('subscribed', { user: response.userProfile }));
bot.on('unsubscribed', (userId) => say('unsubscribed', { user_id: userId }));
bot.on('error', (read) => say('error', read instanceof Error ? { problem: read.message } : { read }));
for (const event of ['delivered', 'seen', 'webhook', 'client_status']) {
  bot.on(event, (read) => say(event, { read }));
}

const server = http.createServer(bot.middleware());
server.listen(0, '127.0.0.1', () => say('listening', { port: server.address().port }));
