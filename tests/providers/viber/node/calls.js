// Calls every method of an SDK for Node once, and writes what came back: node calls.js viber-bot|messaging-api-viber
'use strict';

const { VIBER_API_URL, VIBER_AUTH_TOKEN, USER_ID, ADMIN_ID } = process.env;
const HOOK = 'https://bot.example.com/hook';

const BUTTON = { Columns: 6, Rows: 1, ActionType: 'reply', ActionBody: 'yes', Text: 'Yes' };
const KEYBOARD = { Type: 'keyboard', DefaultHeight: false, Buttons: [BUTTON] };
const CARDS = { Type: 'rich_media', ButtonsGroupColumns: 6, ButtonsGroupRows: 1, BgColor: '#FFFFFF', Buttons: [BUTTON] };
const PICTURE = 'https://example.com/a.jpg';
const VIDEO = 'https://example.com/a.mp4';
const FILE = 'https://example.com/a.pdf';
const PHONE = '+447700900123';

async function official() {
  const { Bot, UserProfile, Message } = require('viber-bot');
  const bot = new Bot({ authToken: VIBER_AUTH_TOKEN, name: 'Shop', avatar: '' });
  bot._client._url = VIBER_API_URL;
  const ana = new UserProfile(USER_ID, 'Ana');
  const tokens = await bot.sendMessage(ana, [
    new Message.Text('hi'),
    new Message.Picture(PICTURE, 'Tulips'),
    new Message.Video(VIDEO, 77, 'Garden', PICTURE, 3),
    new Message.File(FILE, 77, 'a.pdf'),
    new Message.Sticker(46105),
    new Message.Contact('Ben', PHONE),
    new Message.Url('https://example.com'),
    new Message.Location(51.5, -0.12),
    new Message.RichMedia(CARDS, null, null, null, null, 7),
    new Message.Keyboard(KEYBOARD),
  ], { step: 1 });
  return {
    sent: tokens.length,
    webhook: await bot.setWebhook(HOOK),
    account: await bot.getBotProfile(),
    details: await bot.getUserDetails(ana),
    online: await bot.getOnlineStatus([USER_ID]),
    posted: (await bot.postToPublicChat(new UserProfile(ADMIN_ID, 'Ada'), [new Message.Text('news')])).length,
    refused: await bot.sendMessage(new UserProfile('AAAAAAAAAAAAAAAAAAAAAA==', 'Nobody'), [new Message.Text('hi')])
      .then(() => null, (problem) => problem.status),
  };
}

async function messaging() {
  const { ViberClient } = require('messaging-api-viber');
  const origin = VIBER_API_URL.replace(/\/pa$/, '');
  const client = new ViberClient({ accessToken: VIBER_AUTH_TOKEN, sender: { name: 'Shop' }, origin });
  const sent = [
    await client.sendText(USER_ID, 'hi', { keyboard: KEYBOARD, trackingData: 'step-1' }),
    await client.sendPicture(USER_ID, { text: 'Tulips', media: PICTURE }),
    await client.sendVideo(USER_ID, { media: VIDEO, size: 77, duration: 3 }),
    await client.sendFile(USER_ID, { media: FILE, size: 77, fileName: 'a.pdf' }),
    await client.sendSticker(USER_ID, 46105),
    await client.sendContact(USER_ID, { name: 'Ben', phoneNumber: PHONE }),
    await client.sendURL(USER_ID, 'https://example.com'),
    await client.sendLocation(USER_ID, { lat: '51.5', lon: '-0.12' }),
    await client.sendCarouselContent(USER_ID, CARDS),
  ];
  return {
    sent: sent.length,
    broadcast: await client.broadcastText([USER_ID, 'AAAAAAAAAAAAAAAAAAAAAA=='], 'hi'),
    webhook: await client.setWebhook(HOOK, { eventTypes: ['delivered', 'seen'] }),
    account: await client.getAccountInfo(),
    details: await client.getUserDetails(USER_ID),
    online: await client.getOnlineStatus([USER_ID]),
    removed: await client.removeWebhook(),
    refused: await client.sendText('AAAAAAAAAAAAAAAAAAAAAA==', 'hi').then(() => null, (problem) => problem.message),
  };
}

const calls = { 'viber-bot': official, 'messaging-api-viber': messaging }[process.argv[2]];
calls().then(
  (found) => process.stdout.write(JSON.stringify(found) + '\n'),
  (problem) => {
    process.stderr.write(`${problem && problem.stack ? problem.stack : JSON.stringify(problem)}\n`);
    process.exitCode = 1;
  },
);
