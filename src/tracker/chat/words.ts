/** The chat's words by language; a site replaces single ones by the option `texts`. */
const english = {
  chat: 'Chat',
  connecting: 'Connecting you with an agent…',
  agent: 'Agent',
  you: 'You',
  joined: '{name} has joined the chat',
  left: '{name} has left the chat',
  ended: 'The chat has ended',
  noAgent: 'Sorry, no agent is free at the moment. The chat has ended',
  typing: '{name} is typing…',
  placeholder: 'Write a message…',
  send: 'Send',
  sending: 'Sending…',
  retrying: 'Not sent yet. Trying again…',
  failed: 'This message could not be sent.',
  again: 'Try again',
  tooLong: 'The message is too long by {count} characters.',
  minimise: 'Minimise chat',
  unread: 'unread',
  end: 'End chat',
  endQuestion: 'End this chat? You will lose the connection to the agent.',
  stay: 'Keep chatting',
  close: 'Close',
  offline: 'The connection is lost. Reconnecting…',
};

export type Word = keyof typeof english;

const german: Record<Word, string> = {
  chat: 'Chat',
  connecting: 'Sie werden mit einem Berater verbunden…',
  agent: 'Berater',
  you: 'Sie',
  joined: '{name} ist dem Chat beigetreten',
  left: '{name} hat den Chat verlassen',
  ended: 'Der Chat ist beendet',
  noAgent: 'Leider ist gerade kein Berater frei. Der Chat ist beendet',
  typing: '{name} schreibt…',
  placeholder: 'Nachricht schreiben…',
  send: 'Senden',
  sending: 'Wird gesendet…',
  retrying: 'Noch nicht gesendet. Neuer Versuch…',
  failed: 'Diese Nachricht konnte nicht gesendet werden.',
  again: 'Noch einmal',
  tooLong: 'Die Nachricht ist um {count} Zeichen zu lang.',
  minimise: 'Chat verkleinern',
  unread: 'ungelesen',
  end: 'Chat beenden',
  endQuestion: 'Diesen Chat beenden? Die Verbindung zum Berater geht verloren.',
  stay: 'Weiter chatten',
  close: 'Schließen',
  offline: 'Die Verbindung ist unterbrochen. Neuer Versuch…',
};

const languages: Readonly<Record<string, Record<Word, string>>> = { en: english, de: german };

export type Words = (word: Word, filling?: Readonly<Record<string, string | number>>) => string;

/** Looks a word up for a language code such as `de-AT`, and fills its `{gaps}`. */
export function wordsFor(languageCode: string, replaced: Readonly<Record<string, string>>): Words {
  const words = languages[languageCode.slice(0, 2).toLowerCase()] ?? english;
  return (word, filling = {}) =>
    (replaced[word] ?? words[word]).replace(/\{(\w+)\}/g, (gap, name: string) =>
      String(filling[name] ?? gap),
    );
}
