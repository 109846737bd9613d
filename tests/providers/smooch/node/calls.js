// Calls each method of Smooch's SDK for Node once, and writes what came back.
'use strict';

// From Node 18 on there is one, which the SDK takes for its own and cannot send.
delete globalThis.FormData;

const fs = require('fs');
const SmoochCore = require('smooch-core');

const { SMOOCH_API_URL, SMOOCH_APP_ID, SMOOCH_KEY_ID, SMOOCH_KEY_SECRET, USER_ID, MESSENGER, WHATSAPP, PHONE, FILE } = process.env;
const appId = SMOOCH_APP_ID;
const userId = USER_ID;
const role = 'appMaker';

const smooch = new SmoochCore({ keyId: SMOOCH_KEY_ID, secret: SMOOCH_KEY_SECRET, scope: 'app', serviceUrl: SMOOCH_API_URL });

async function refusal(call) {
  try {
    await call;
    return null;
  } catch (problem) {
    return { status: problem.response.status, description: problem.description || problem.message };
  }
}

async function conversation() {
  const actions = [{ type: 'postback', text: 'Track it', payload: 'TRACK' }];
  const { message } = await smooch.appUsers.sendMessage({ appId, userId, message: { role, type: 'text', text: 'hi', actions } });
  await smooch.appUsers.conversationActivity({ appId, userId, activityProps: { role, type: 'typing:start' } });
  await smooch.conversations.postPostback({ appId, userId, actionId: message.actions[0]._id });
  const before = await smooch.conversations.get({ appId, userId });
  await smooch.conversations.resetUnreadCount({ appId, userId });
  const page = await smooch.appUsers.getMessages({ appId, userId });
  await smooch.appUsers.deleteMessage({ appId, userId, messageId: message._id });
  await smooch.appUsers.deleteMessages({ appId, userId });
  return { sent: message.text, unread: before.conversation.unreadCount, read: page.conversation.unreadCount, page: page.messages.length };
}

async function files() {
  const props = { access: 'public', for: 'message', appUserId: userId };
  const stored = await smooch.attachments.create({ appId, props, source: fs.createReadStream(FILE) });
  const found = await fetch(stored.mediaUrl);
  const bytes = (await found.arrayBuffer()).byteLength;
  await smooch.attachments.delete({ appId, mediaUrl: stored.mediaUrl });
  const sent = await smooch.appUsers.uploadImage({ appId, userId, source: fs.createReadStream(FILE), message: { role } });
  return { bytes, type: stored.mediaType, gone: (await fetch(stored.mediaUrl)).status, sent: sent.message.type };
}

async function app() {
  const items = [{ type: 'postback', text: 'Human', payload: 'HUMAN' }];
  await smooch.menu.configure({ appId, props: { items } });
  const menu = (await smooch.menu.get({ appId })).menu.items.length;
  await smooch.menu.remove({ appId });
  const name = (await smooch.apps.update({ appId, data: { name: 'Flowers' } })).app.name;
  const settings = (await smooch.apps.get({ appId })).app.settings;
  const { webhook } = await smooch.webhooks.create({ appId, props: { target: 'https://bot.example.com/hook', triggers: ['message'] } });
  await smooch.webhooks.update({ appId, webhookId: webhook._id, props: { triggers: ['*'] } });
  const { triggers } = (await smooch.webhooks.get({ appId, webhookId: webhook._id })).webhook;
  const { webhooks } = await smooch.webhooks.list({ appId });
  await smooch.webhooks.delete({ appId, webhookId: webhook._id });
  return { menu, name, settings, triggers, webhooks: webhooks.length };
}

async function channels() {
  const page = await smooch.integrations.list({ appId, types: 'telegram', limit: 5 });
  const made = await smooch.integrations.create({ appId, props: { type: 'telegram', token: '123:abc' } });
  const integrationId = made.integration._id;
  await smooch.integrations.update({ appId, integrationId, props: { displayName: 'Ours' } });
  const items = [{ type: 'link', text: 'Shop', uri: 'https://example.com' }];
  await smooch.integrations.menu.create({ appId, integrationId, props: { items } });
  await smooch.integrations.menu.update({ appId, integrationId, props: { items } });
  const menu = (await smooch.integrations.menu.get({ appId, integrationId })).menu.items.length;
  await smooch.integrations.menu.delete({ appId, integrationId });
  const { displayName } = (await smooch.integrations.get({ appId, integrationId })).integration;
  await smooch.integrations.delete({ appId, integrationId });
  const props = { name: 'greeting', message: { role, type: 'text', text: 'Hello!' } };
  const templateId = (await smooch.templates.create({ appId, props })).template._id;
  await smooch.templates.update({ appId, templateId, props: { name: 'hello' } });
  const { name } = (await smooch.templates.get({ appId, templateId })).template;
  const { templates } = await smooch.templates.list({ appId, props: {} });
  await smooch.templates.delete({ appId, templateId });
  return { types: page.integrations.map(({ type }) => type), menu, displayName, name, templates: templates.length };
}

async function people() {
  const eve = (await smooch.appUsers.create({ appId, appUser: { userId: 'eve@example.com', givenName: 'Eve' } })).appUser;
  await smooch.appUsers.update({ appId, userId: eve._id, appUser: { surname: 'Adams' } });
  const { surname } = (await smooch.appUsers.get({ appId, userId: 'eve@example.com' })).appUser;
  await smooch.appUsers.deleteProfile({ appId, userId: eve._id });
  const data = { type: 'twilio', phoneNumber: '+14155550123', confirmation: { type: 'immediate' } };
  await smooch.appUsers.linkChannel({ appId, userId, data });
  const linked = (await smooch.appUsers.getChannels({ appId, userId })).channels.map(({ type }) => type);
  await smooch.appUsers.unlinkChannel({ appId, userId, channel: 'twilio' });
  const systems = (await smooch.appUsers.getBusinessSystems({ appId, userId })).businessSystems.length;
  const code = (await smooch.appUsers.getAuthCode({ appId, userId })).authCode;
  const links = (await smooch.appUsers.getLinkRequests({ appId, userId, integrationIds: [MESSENGER] })).linkRequests.length;
  const notification = {
    destination: { integrationId: WHATSAPP, destinationId: PHONE }, author: { role }, message: { type: 'text', text: 'hi' },
  };
  const sent = (await smooch.notifications.postNotification({ appId, notification })).notification._id;
  await smooch.appUsers.mergeUsers({ appId, props: { surviving: { _id: userId }, discarded: { _id: eve._id } } });
  const refused = await refusal(smooch.appUsers.get({ appId, userId: eve._id }));
  await smooch.appUsers.delete({ appId, userId });
  return { surname, linked, systems, code, links, sent, refused };
}

async function main() {
  const parts = [];
  for (const part of [conversation, files, app, channels, people]) {
    parts.push([part.name, await part()]);
  }
  process.stdout.write(JSON.stringify(Object.fromEntries(parts)));
}

main().catch((problem) => {
  process.stderr.write(`${problem.stack}\n`);
  process.exit(1);
});
