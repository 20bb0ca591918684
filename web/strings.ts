/**
 * Everything the page says, in one place; what only the views for practice say is in
 * `practice/practice_strings.ts`, so that it is loaded with them.
 *
 * @module
 */
import type { Certainty, RecalledBy } from "../functions/core/answer_type.ts";
import { language } from "./language.ts";

/** A sentence with its telling part, which is drawn bold: before, telling part, after. */
export type Sentence = readonly [before: string, strong: string, after: string];

const count = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;

/** Kinds that are not counted, and so take no article. */
const UNCOUNTED = new Set([
  "bread",
  "broccoli",
  "cauliflower",
  "cloth",
  "clothing",
  "corn",
  "dough",
  "electronic equipment",
  "food",
  "footwear",
  "furniture",
  "guacamole",
  "hay",
  "headwear",
  "ice cream",
  "red wine",
  "sports equipment",
  "toilet tissue",
  "velvet",
  "wool",
]);

/** Ends like a plural, but is none. */
const ONE = /(lens|canvas|gas|atlas|patas|triceratops|Great Pyrenees|Bouvier des Flandres|woods)$/i;

/** A noun with "a", "an" or nothing before it: [article with its blank, noun]. */
function counted(noun: string): readonly [article: string, noun: string] {
  // "sunglasses", "binoculars"; but "grass", "bus", "iris".
  const plural = /[^sui]s$/i.test(noun) && !ONE.test(noun);
  if (plural || UNCOUNTED.has(noun.toLowerCase())) return ["", noun];
  if (/^(uni|use|usa|eu|one\b|ukulele)/i.test(noun)) return ["a ", noun];
  return [/^([aeiou]|hour|honest|heir)/i.test(noun) ? "an " : "a ", noun];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Opens a sentence with a noun, which is its telling part. */
function opens(adverb: string, noun: string, after: string): Sentence {
  const [article] = counted(noun);
  const before = adverb + article;
  return before === "" ? ["", capital(noun), after] : [capital(before), noun, after];
}

/** Names and strangers in one clause: "Ben and perhaps Anna, and a person I do not know". */
function people(names: readonly string[], strangers: number): string {
  const unknown = count(strangers, "person", "people").replace(/^1 /, "a ") + " I do not know";
  return [
    ...(names.length > 0 ? [new Intl.ListFormat("en").format(names)] : []),
    ...(strangers > 0 ? [unknown] : []),
  ].join(", and ");
}

/** Names and strangers in one clause, in the dative: "mit Ben und zwei Menschen, die …". */
function leute(names: readonly string[], strangers: number): string {
  const unknown = strangers === 1
    ? "einem Menschen, den ich nicht kenne"
    : `${strangers} Menschen, die ich nicht kenne`;
  return [
    ...(names.length > 0 ? [new Intl.ListFormat("de").format(names)] : []),
    ...(strangers > 0 ? [unknown] : []),
  ].join(" und ");
}

/** The page in English. */
const en = {
  /** What stands around the page; the build writes it into `index.html`. */
  frame: {
    title: "Xolo",
    description:
      "An edge classifier that remembers whom it has met and recognises what it has not.",
    motto: "I remember whom I have met, and recognise what I have not.",
    noScript: "This page needs JavaScript. The API works without it, see below.",
    privacy: "Photos are not stored unless you ask for it.",
    api: "API reference",
    views: "Views",
    ask: "Try & teach",
    review: "Review",
    rules: "Rules",
    quality: "Quality",
    history: "History",
    dilemma: "Dilemma",
    languages: "Language",
  },

  privacy: {
    label: "Private mode: photos stay on this device",
    off: "Photos are sent to the server that this page is from.",
    on:
      "This tab answers by itself, also without the network. What it learns stays in this browser.",
    begins: "Getting ready to answer by myself …",
    loading: (bytes: string, of: string) =>
      `Loading what it takes to answer by myself: ${bytes} of ${of} MB.`,
    progress: "How much is loaded",
    failed: (why: string) =>
      `Private mode could not begin: ${why}. Turn it off, or load the page again.`,
  },

  /** The views of the page; what only those for practice say is in `practice/practice_strings.ts`. */
  views: {
    title: (view: string) => `${view} – Xolo`,
    loading: "One moment …",
    failed: "This part of the page could not be loaded.",
    again: "Try again",
  },

  /** Probabilities that no percentage tells well. */
  shares: { most: "over 99 %", least: "under 1 %" },

  sections: { photo: "Photo", answer: "Answer", known: "What I know" },

  photo: {
    choose: "Choose a photo",
    instead: "Choose another photo",
    hint: "or drop one here, or paste it",
    drop: "Drop it",
    samples: "Or try one of these:",
    credits: "Photo credits",
    tools: "With the photo",
    age: "Age this photo",
    ageing: "Ageing it …",
    aged: "A filter aged it",
    agedHint: "A filter made the photo small, brown, faded and grainy. Nobody has grown older.",
    original: "Back to the original",
    unageable: "This browser cannot draw that photo. Save it as a JPEG first, then age it.",
    several: (n: number) => `${n} photos`,
    severalHint: "They are taught together, by one name.",
    show: (number: number, of: number) => `Show photo ${number} of ${of}`,
    states: { waiting: "", learnt: "learnt", refused: "not taught" },
  },

  tour: {
    heading: "In half a minute",
    steps: [
      "Choose Grace Hopper and teach me a name for her: “Grandma”.",
      "Age the photo: I still know her by her face, from memory.",
      "Show me the dog, then the cat, whose breed I never learnt: the network says what each is, and what it does not know.",
    ] as readonly string[],
  },

  camera: {
    start: "Use the camera",
    starting: "Starting the camera …",
    picture: "What the camera sees",
    hold: "Hold this picture",
    flip: "Other camera",
    stop: "Stop",
    rate: (n: string) => `${n} answers a second`,
    held: "Hold the picture first, then give it a name.",
    closer: "Come closer: the face is small.",
    problems: {
      none: "I find no camera. Connect one, or choose a photo instead.",
      refused:
        "The camera is not allowed here. Allow it for this page in the browser’s address bar, then try again.",
      busy: "The camera does not start. Close other programs that use it, then try again.",
      insecure:
        "Browsers lend the camera to secure pages alone. Open this one by https, or on the machine itself as localhost.",
    },
  },

  answer: {
    idle: "Show me a photo, and I will say what it is and how I know.",
    asking: "Looking …",
    unknown: ["", "I cannot say", " what this is."] as Sentence,

    memory: {
      is: (label: string): Sentence => ["That is ", label, "."],
      perhaps: (label: string): Sentence => ["Perhaps ", label, "."],
      by: {
        bytes: () => "I know this very photo.",
        copy: () => "I know this picture: yours is a copy of one that I was taught.",
        look: (n: number) => `I remember the look from ${count(n, "photo", "photos")}.`,
        face: (n: number) => `I remember the face from ${count(n, "photo", "photos")}.`,
      } satisfies Record<RecalledBy, (memories: number) => string>,
      unsure: {
        look: "It looks much like it, but not enough to be sure.",
        face: "The face is much like that, but not enough to be sure.",
      },
      without: (label: string) => `Without that memory I would say: ${label}.`,
    },

    rule: (label: string): Sentence => ["", label, ", by a rule."],
    reads: (rule: string) => `The rule: ${rule}.`,
    demoted: (why: string) => `I would have been sure, but ${why}.`,
    queued: "A person is to look at it.",

    people: {
      strangers: (n: number): Sentence =>
        n === 1 ? ["A ", "person", " I do not know."] : ["", `${n} people`, " I do not know."],
      others: (names: readonly string[], strangers: number) => `With ${people(names, strangers)}.`,
      perhaps: (label: string) => `perhaps ${label}`,
    },

    network: {
      sure: (label: string, after: string) => opens("", label, after),
      probably: (label: string, after: string) => opens("probably ", label, after),
      perhaps: (label: string, after: string) => opens("perhaps ", label, after),
      end: ".",
      novel: { breed: ", of a breed I do not know.", kind: ", of a kind I do not know." },
      nearest: (labels: readonly string[]) => `Nearest I know: ${labels.join(", ")}.`,
      looksMostLike: (label: string, share: string) =>
        `It looks most like ${counted(label).join("")} (${share}).`,
    },
  },

  faces: {
    heading: "Faces in the photo",
    which: (number: number, of: number) => of === 1 ? "Face" : `Face ${number} of ${of}`,
    name: (label: string | null, certainty: Certainty) =>
      label === null ? "somebody I do not know" : certainty === "is" ? label : `perhaps ${label}`,
    tag: (label: string | null, certainty: Certainty) =>
      label === null ? "?" : certainty === "is" ? label : `${label}?`,
    choose: (faces: number) =>
      faces === 1
        ? "Choose the face that is meant, in the photo."
        : `There are ${faces} faces: choose which one is meant, in the photo.`,
    maybe: "To name a person, choose the face in the photo.",
    chosen: (number: number, of: number) =>
      of === 1 ? "The face is meant." : `Face ${number} of ${of} is meant.`,
  },

  route: {
    heading: "How I know",
    steps: {
      bytes: "Same file?",
      copy: "Same picture?",
      face: "Same face?",
      look: "Same look?",
      rule: "A rule?",
      network: "The network",
    },
    found: { is: "yes", perhaps: "perhaps" },
    states: {
      passed: "no",
      skipped: "not needed",
      answered: "answered",
      unsure: "not sure",
      doubted: "asked too",
      besides: "yes, too",
      stranger: "nobody I know",
      none: "none",
      person: "asks a person",
    },
    goal: "Answer",
    compared: {
      bytes: "The same file, bit by bit.",
      copy: "Likeness of the pictures",
      face: "Likeness of the faces",
      look: "Likeness of the looks",
    } satisfies Record<RecalledBy, string>,
    needed: (similarity: string, threshold: string) => `${similarity} – needed: ${threshold}`,
    shortcut: {
      bytes: "Known at once: no network had to look.",
      memory: "Straight from memory: what the network says is not needed.",
      rule: "A rule that people wrote decides, before the network.",
    },
    fromMemory: "from memory",
    fromRule: "by a rule",
    fromNetwork: "from the network",
    fromNone: "no answer",
  },

  kinds: {
    heading: "What kind it is",
    fresh: { breed: "a breed I do not know", kind: "a type I do not know" },
  },

  details: {
    confidence: "Confidence",
    confidenceHint: "so many of the answers like this one are right",
    heading: "Why",
    reason: "Reason",
    path: "Kind",
    evidence: "Evidence",
    evidenceBy: {
      bytes: "same file as a memory of",
      copy: "copy of a memory of",
      look: "look of a memory of",
      face: "face of a memory of",
    } satisfies Record<RecalledBy, string>,
    similarity: (similarity: string, threshold: string) => `${similarity}, needed ${threshold}`,
    alternatives: "It could also be",
    time: "Time",
    total: (ms: string) => `${ms} ms`,
    usual: (ms: string) => `with the network it took ${ms} ms`,
    stages: {
      decode: "reading the photo",
      encode: "looking at it",
      faces: "finding faces",
      recall: "searching memory",
      generalize: "finding the kind",
      other: "everything else",
    },
  },

  teach: {
    heading: "Teach me",
    name: "Name",
    placeholder: "Grandma, Rex …",
    keep: "Keep the photo, so that it can be shown below",
    button: "Teach",
    teaching: "Learning …",
    taught: (label: string) => `Learnt. I will know ${label} from now on.`,
    known: (label: string) => `I knew this photo as ${label} already.`,
    several: (n: number) => `These ${n} photos get the same name.`,
    progress: (number: number, of: number) => `Photo ${number} of ${of} …`,
    taughtSome: (label: string, taught: number, of: number) =>
      `Learnt ${taught} of ${of} photos of ${label}.`,
    refused: (number: number, why: string) => `Photo ${number}: ${why}`,
    undo: "Undo",
    undone: (label: string) => `Taken back: it is as if you had never said “${label}”.`,
    small: "The face is small in this photo: a closer one teaches more.",
    force: "Teach it all the same",
    not: (label: string) => `That is not ${label}`,
    learntNot: (label: string) => `Learnt: that is not ${label}.`,
    knownNot: (label: string) => `I knew already that this is not ${label}.`,
    nameless: "Give a name first: what should I answer when I see this again?",
    notHere:
      "This server takes lessons only from its own machine. Open the page there, or ask whoever runs it to set a token.",
  },

  known: {
    empty: "Nothing yet. Ask about a photo, then give it a name.",
    memories: (n: number) => count(n, "memory", "memories"),
    negatives: (n: number) => `${n} × “not that”`,
    more: "Show more",
    photo: (label: string) => `A photo kept of ${label}`,
    rename: "Rename",
    renameLabel: (label: string) => `Rename ${label}`,
    newName: "New name",
    merges: (label: string) =>
      `${label} is known already: the two become one. The history can take it back.`,
    nameless: "Give the new name first.",
    renameKeep: "Cancel",
    renamed: (from: string, to: string) => `${from} is called ${to} now.`,
    merged: (from: string, to: string) => `${from} and ${to} are one now: ${to}.`,
    apart: (from: string, to: string) =>
      `${from} and ${to} are two faces of one photo, so they are not one person. Choose another name.`,
    export: "Export",
    exportHint: "everything known here, as one file",
    exported: "Saved as a file. Whoever has it knows what I know: keep it safe.",
    import: "Import",
    importing: "Reading the file …",
    imported: (n: number, known: number) =>
      `Read in: ${count(n, "memory", "memories")}` +
      (known === 0 ? "." : `; ${known} more ${known === 1 ? "was" : "were"} known already.`),
    importWrong: "That is no export of mine, or it is damaged. Choose a file that “Export” saved.",
    forget: "Forget",
    forgetLabel: (label: string) => `Forget ${label}`,
    forgetAll: "Forget everything",
    confirmLabel: (label: string) => `Forget ${label}?`,
    confirmAll: "Forget everything?",
    erases: (memories: number, photos: number) =>
      `This erases ${count(memories, "memory", "memories")}` +
      (photos === 0
        ? ""
        : ` and ${count(photos, "photo", "photos")} that ${photos === 1 ? "was" : "were"} kept`) +
      ". It cannot be undone.",
    erasesAll: "This erases all memories and kept photos of this space. It cannot be undone.",
    cancel: "Keep",
    confirm: "Forget for good",
    forgotten: (label: string, n: number) =>
      `Forgotten: ${label}, ${count(n, "memory", "memories")}.`,
    forgottenAll: (n: number) => `Forgotten: ${count(n, "memory", "memories")}.`,
  },

  demo: {
    until: (time: string) =>
      `This is a demo. What you teach is seen by nobody else and is gone at ${time}.`,
  },

  token: {
    heading: "This server asks for a token",
    label: "Token",
    button: "Use it",
    hint: "Whoever runs it has one. It stays in this tab and is forgotten when you close it.",
  },

  /** What went wrong, and what to do about it. */
  problems: {
    offline: "I cannot reach the server. Check the connection, then try again.",
    400: "The server did not understand the request. Reload the page and try again.",
    401: "The token is missing or wrong. Enter the one that the server was started with.",
    403: "This server does not allow that from here. Open the page on the machine that it runs on.",
    404: "That is no longer there. I have refreshed the list.",
    409: "That photo is already known under that name. Choose another name.",
    413: "That photo is too large. Choose a smaller one, or make this one smaller first.",
    415:
      "I cannot read this kind of file. Save the photo as a JPEG, PNG, WebP or AVIF, then try again.",
    422:
      "I cannot read this photo: the file seems damaged. Open it and save it anew, or choose another.",
    poor: (reason: string) =>
      `I would rather not learn from this photo: ${reason}. Another one may do better.`,
    twice: (label: string) =>
      `${label} is another face of this photo already: two faces of one photo are never the same person.`,
    429: (wait: string) => `That was a lot in a short time. Try again ${wait}.`,
    503: (wait: string) => `I am busy with other photos. Try again ${wait}.`,
    507: "There is no room for more memories. Forget something first, then teach again.",
    other: (detail: string) => `Something went wrong: ${detail}. Try again in a while.`,
    soon: "in a moment",
    inSeconds: (n: number) => `in ${count(n, "second", "seconds")}`,
    inMinutes: (n: number) => `in ${count(n, "minute", "minutes")}`,
  },
};

/** A set of strings in one language. */
export type Strings = typeof en;

/** Die Seite auf Deutsch. Die Namen der Arten, die das Netz kennt, sind englisch. */
const de: Strings = {
  frame: {
    title: "Xolo",
    description:
      "Ein Klassifikator, der sich merkt, wem er begegnet ist, und erkennt, was er nie gesehen hat.",
    motto: "Ich merke mir, wem ich begegnet bin, und erkenne, was ich nicht kenne.",
    noScript: "Diese Seite braucht JavaScript. Die API geht auch ohne, siehe unten.",
    privacy: "Fotos werden nur gespeichert, wenn du es willst.",
    api: "API-Referenz",
    views: "Ansichten",
    ask: "Zeigen",
    review: "Prüfen",
    rules: "Regeln",
    quality: "Güte",
    history: "Verlauf",
    dilemma: "Dilemma",
    languages: "Sprache",
  },

  privacy: {
    label: "Privat: Fotos bleiben auf diesem Gerät",
    off: "Fotos gehen an den Server, von dem diese Seite ist.",
    on: "Dieser Tab antwortet selbst, auch ohne Netz. Was er lernt, bleibt in diesem Browser.",
    begins: "Ich mache mich bereit, selbst zu antworten …",
    loading: (bytes: string, of: string) =>
      `Ich lade, was es zum Antworten braucht: ${bytes} von ${of} MB.`,
    progress: "Wie viel geladen ist",
    failed: (why: string) =>
      `Der private Modus konnte nicht beginnen: ${why}. Schalte ihn aus oder lade die Seite neu.`,
  },

  views: {
    title: (view) => `${view} – Xolo`,
    loading: "Einen Moment …",
    failed: "Dieser Teil der Seite konnte nicht geladen werden.",
    again: "Noch einmal",
  },

  shares: { most: "über 99 %", least: "unter 1 %" },

  sections: { photo: "Foto", answer: "Antwort", known: "Was ich kenne" },

  photo: {
    choose: "Foto wählen",
    instead: "Anderes Foto wählen",
    hint: "oder hierher ziehen, oder einfügen",
    drop: "Loslassen",
    samples: "Oder eines von diesen:",
    credits: "Bildnachweise",
    tools: "Mit dem Foto",
    age: "Dieses Foto altern lassen",
    ageing: "Es altert …",
    aged: "Von einem Filter gealtert",
    agedHint:
      "Ein Filter hat das Foto klein, braun, blass und körnig gemacht. Älter geworden ist niemand.",
    original: "Zurück zum Original",
    unageable:
      "Dieser Browser kann das Foto nicht zeichnen. Speichere es zuerst als JPEG, dann lass es altern.",
    several: (n) => `${n} Fotos`,
    severalHint: "Sie werden zusammen gelernt, unter einem Namen.",
    show: (number, of) => `Foto ${number} von ${of} zeigen`,
    states: { waiting: "", learnt: "gelernt", refused: "nicht gelernt" },
  },

  tour: {
    heading: "In einer halben Minute",
    steps: [
      "Wähle Grace Hopper und gib mir einen Namen für sie: „Oma“.",
      "Lass das Foto altern: Ich erkenne sie trotzdem am Gesicht, aus der Erinnerung.",
      "Zeig mir den Hund, dann die Katze, deren Rasse ich nie gelernt habe: Das Netz sagt, was sie sind, und was es nicht weiß.",
    ],
  },

  camera: {
    start: "Kamera benutzen",
    starting: "Die Kamera startet …",
    picture: "Was die Kamera sieht",
    hold: "Dieses Bild festhalten",
    flip: "Andere Kamera",
    stop: "Beenden",
    rate: (n) => `${n} Antworten in der Sekunde`,
    held: "Halte zuerst das Bild fest, dann gib ihm einen Namen.",
    closer: "Komm näher: Das Gesicht ist klein.",
    problems: {
      none: "Ich finde keine Kamera. Schließe eine an, oder wähle ein Foto.",
      refused:
        "Die Kamera ist hier nicht erlaubt. Erlaube sie für diese Seite in der Adresszeile des Browsers und versuche es noch einmal.",
      busy:
        "Die Kamera startet nicht. Schließe andere Programme, die sie benutzen, und versuche es noch einmal.",
      insecure:
        "Browser geben die Kamera nur sicheren Seiten. Öffne diese hier über https, oder auf dem Rechner selbst als localhost.",
    },
  },

  answer: {
    idle: "Zeig mir ein Foto: Ich sage, was es ist und woher ich es weiß.",
    asking: "Ich schaue …",
    unknown: ["", "Ich kann nicht sagen", ", was das ist."],

    memory: {
      is: (label) => ["Das ist ", label, "."],
      perhaps: (label) => ["Vielleicht ", label, "."],
      by: {
        bytes: () => "Ich kenne genau dieses Foto.",
        copy: () => "Ich kenne dieses Bild: Deines ist eine Kopie von einem, das ich gelernt habe.",
        look: (n) => `Ich erinnere mich an das Aussehen von ${count(n, "Foto", "Fotos")}.`,
        face: (n) => `Ich erinnere mich an das Gesicht von ${count(n, "Foto", "Fotos")}.`,
      },
      unsure: {
        look: "Es sieht sehr danach aus, aber nicht genug, um sicher zu sein.",
        face: "Das Gesicht ist sehr ähnlich, aber nicht genug, um sicher zu sein.",
      },
      without: (label) => `Ohne diese Erinnerung würde ich sagen: ${label}.`,
    },

    rule: (label) => ["", label, ", nach einer Regel."],
    reads: (rule) => `Die Regel: ${rule}.`,
    demoted: (why) => `Ich wäre sicher gewesen, aber: ${why}.`,
    queued: "Ein Mensch soll es sich ansehen.",

    people: {
      strangers: (n) =>
        n === 1
          ? ["Ein ", "Mensch", ", den ich nicht kenne."]
          : ["", `${n} Menschen`, ", die ich nicht kenne."],
      others: (names, strangers) => `Mit ${leute(names, strangers)}.`,
      perhaps: (label) => `vielleicht ${label}`,
    },

    network: {
      sure: (label, after) => ["Ich sehe: ", label, after],
      probably: (label, after) => ["Wahrscheinlich: ", label, after],
      perhaps: (label, after) => ["Vielleicht: ", label, after],
      end: ".",
      novel: {
        breed: ", von einer Rasse, die ich nicht kenne.",
        kind: ", von einer Art, die ich nicht kenne.",
      },
      nearest: (labels) => `Am nächsten kommt, was ich kenne: ${labels.join(", ")}.`,
      looksMostLike: (label, share) => `Am ehesten sieht es aus wie: ${label} (${share}).`,
    },
  },

  faces: {
    heading: "Gesichter auf dem Foto",
    which: (number, of) => of === 1 ? "Gesicht" : `Gesicht ${number} von ${of}`,
    name: (label, certainty) =>
      label === null
        ? "jemand, den ich nicht kenne"
        : certainty === "is"
        ? label
        : `vielleicht ${label}`,
    tag: (label, certainty) => label === null ? "?" : certainty === "is" ? label : `${label}?`,
    choose: (faces) =>
      faces === 1
        ? "Wähle im Foto das Gesicht, das gemeint ist."
        : `Es sind ${faces} Gesichter: Wähle im Foto, welches gemeint ist.`,
    maybe: "Um einen Menschen zu benennen, wähle im Foto sein Gesicht.",
    chosen: (number, of) =>
      of === 1 ? "Das Gesicht ist gemeint." : `Gesicht ${number} von ${of} ist gemeint.`,
  },

  route: {
    heading: "Woher ich es weiß",
    steps: {
      bytes: "Selbe Datei?",
      copy: "Selbes Bild?",
      face: "Selbes Gesicht?",
      look: "Sieht so aus?",
      rule: "Eine Regel?",
      network: "Das Netz",
    },
    found: { is: "ja", perhaps: "vielleicht" },
    states: {
      passed: "nein",
      skipped: "nicht nötig",
      answered: "antwortet",
      unsure: "unsicher",
      doubted: "auch gefragt",
      besides: "auch ja",
      stranger: "niemand, den ich kenne",
      none: "keine",
      person: "fragt einen Menschen",
    },
    goal: "Antwort",
    compared: {
      bytes: "Dieselbe Datei, Bit für Bit.",
      copy: "Ähnlichkeit der Bilder",
      face: "Ähnlichkeit der Gesichter",
      look: "Ähnlichkeit des Aussehens",
    },
    needed: (similarity, threshold) => `${similarity} – nötig: ${threshold}`,
    shortcut: {
      bytes: "Sofort erkannt: Kein Netz musste hinsehen.",
      memory: "Direkt aus der Erinnerung: Was das Netz sagt, wird nicht gebraucht.",
      rule: "Eine Regel von Menschen entscheidet, vor dem Netz.",
    },
    fromMemory: "aus der Erinnerung",
    fromRule: "nach einer Regel",
    fromNetwork: "vom Netz",
    fromNone: "keine Antwort",
  },

  kinds: {
    heading: "Welche Art es ist",
    fresh: { breed: "eine Rasse, die ich nicht kenne", kind: "ein Typ, den ich nicht kenne" },
  },

  details: {
    confidence: "Sicherheit",
    confidenceHint: "so viele Antworten wie diese sind richtig",
    heading: "Warum",
    reason: "Grund",
    path: "Art",
    evidence: "Belege",
    evidenceBy: {
      bytes: "dieselbe Datei wie eine Erinnerung an",
      copy: "Kopie einer Erinnerung an",
      look: "sieht aus wie eine Erinnerung an",
      face: "Gesicht wie in einer Erinnerung an",
    },
    similarity: (similarity, threshold) => `${similarity}, nötig ${threshold}`,
    alternatives: "Es könnte auch sein",
    time: "Zeit",
    total: (ms) => `${ms} ms`,
    usual: (ms) => `mit dem Netz waren es ${ms} ms`,
    stages: {
      decode: "Foto lesen",
      encode: "ansehen",
      faces: "Gesichter finden",
      recall: "Erinnerungen suchen",
      generalize: "Art finden",
      other: "alles andere",
    },
  },

  teach: {
    heading: "Bring es mir bei",
    name: "Name",
    placeholder: "Oma, Rex …",
    keep: "Das Foto behalten, um es unten zu zeigen",
    button: "Lernen",
    teaching: "Ich lerne …",
    taught: (label) => `Gelernt. Ab jetzt kenne ich ${label}.`,
    known: (label) => `Dieses Foto kannte ich schon als ${label}.`,
    several: (n) => `Diese ${n} Fotos bekommen denselben Namen.`,
    progress: (number, of) => `Foto ${number} von ${of} …`,
    taughtSome: (label, taught, of) => `${taught} von ${of} Fotos von ${label} gelernt.`,
    refused: (number, why) => `Foto ${number}: ${why}`,
    undo: "Zurücknehmen",
    undone: (label) => `Zurückgenommen: als hättest du nie „${label}“ gesagt.`,
    small: "Das Gesicht ist klein auf diesem Foto: Von näher lerne ich mehr.",
    force: "Trotzdem lernen",
    not: (label) => `Das ist nicht ${label}`,
    learntNot: (label) => `Gelernt: Das ist nicht ${label}.`,
    knownNot: (label) => `Dass das nicht ${label} ist, wusste ich schon.`,
    nameless: "Gib zuerst einen Namen: Was soll ich sagen, wenn ich das wiedersehe?",
    notHere:
      "Dieser Server lernt nur von seinem eigenen Rechner aus. Öffne die Seite dort, oder bitte, wer ihn betreibt, um ein Token.",
  },

  known: {
    empty: "Noch nichts. Zeig mir ein Foto, dann gib ihm einen Namen.",
    memories: (n) => count(n, "Erinnerung", "Erinnerungen"),
    negatives: (n) => `${n} × „das nicht“`,
    more: "Mehr zeigen",
    photo: (label) => `Ein behaltenes Foto von ${label}`,
    rename: "Umbenennen",
    renameLabel: (label) => `${label} umbenennen`,
    newName: "Neuer Name",
    merges: (label) =>
      `${label} ist schon bekannt: Aus beiden wird eins. Der Verlauf kann es zurücknehmen.`,
    nameless: "Gib zuerst den neuen Namen.",
    renameKeep: "Abbrechen",
    renamed: (from, to) => `${from} heißt jetzt ${to}.`,
    merged: (from, to) => `${from} und ${to} sind jetzt eins: ${to}.`,
    apart: (from, to) =>
      `${from} und ${to} sind zwei Gesichter eines Fotos, also nicht derselbe Mensch. Wähle einen anderen Namen.`,
    export: "Ausgeben",
    exportHint: "alles, was hier bekannt ist, als eine Datei",
    exported: "Als Datei gespeichert. Wer sie hat, weiß, was ich weiß: Bewahre sie gut auf.",
    import: "Einlesen",
    importing: "Ich lese die Datei …",
    imported: (n, known) =>
      `Eingelesen: ${count(n, "Erinnerung", "Erinnerungen")}` +
      (known === 0 ? "." : `; ${known} weitere ${known === 1 ? "war" : "waren"} schon bekannt.`),
    importWrong:
      "Das ist keine Ausgabe von mir, oder sie ist beschädigt. Wähle eine Datei, die „Ausgeben“ gespeichert hat.",
    forget: "Vergessen",
    forgetLabel: (label) => `${label} vergessen`,
    forgetAll: "Alles vergessen",
    confirmLabel: (label) => `${label} vergessen?`,
    confirmAll: "Alles vergessen?",
    erases: (memories, photos) =>
      `Das löscht ${count(memories, "Erinnerung", "Erinnerungen")}` +
      (photos === 0 ? "" : ` und ${count(photos, "behaltenes Foto", "behaltene Fotos")}`) +
      ". Es lässt sich nicht zurücknehmen.",
    erasesAll:
      "Das löscht alle Erinnerungen und behaltenen Fotos dieses Bereichs. Es lässt sich nicht zurücknehmen.",
    cancel: "Behalten",
    confirm: "Endgültig vergessen",
    forgotten: (label, n) => `Vergessen: ${label}, ${count(n, "Erinnerung", "Erinnerungen")}.`,
    forgottenAll: (n) => `Vergessen: ${count(n, "Erinnerung", "Erinnerungen")}.`,
  },

  demo: {
    until: (time) =>
      `Das ist eine Vorführung. Was du mir beibringst, sieht sonst niemand, und um ${time} ist es weg.`,
  },

  token: {
    heading: "Dieser Server verlangt ein Token",
    label: "Token",
    button: "Benutzen",
    hint: "Wer ihn betreibt, hat eines. Es bleibt in diesem Tab und ist weg, wenn du ihn schließt.",
  },

  problems: {
    offline: "Ich erreiche den Server nicht. Prüfe die Verbindung und versuche es noch einmal.",
    400:
      "Der Server hat die Anfrage nicht verstanden. Lade die Seite neu und versuche es noch einmal.",
    401: "Das Token fehlt oder ist falsch. Gib das ein, mit dem der Server gestartet wurde.",
    403:
      "Dieser Server erlaubt das von hier aus nicht. Öffne die Seite auf dem Rechner, auf dem er läuft.",
    404: "Das ist nicht mehr da. Ich habe die Liste erneuert.",
    409: "Dieses Foto ist unter diesem Namen schon bekannt. Wähle einen anderen.",
    413: "Dieses Foto ist zu groß. Nimm ein kleineres, oder verkleinere es zuerst.",
    415:
      "Diese Art von Datei kann ich nicht lesen. Speichere das Foto als JPEG, PNG, WebP oder AVIF und versuche es noch einmal.",
    422:
      "Ich kann dieses Foto nicht lesen: Die Datei scheint beschädigt. Speichere es neu, oder nimm ein anderes.",
    poor: (reason) =>
      `Von diesem Foto möchte ich lieber nicht lernen: ${reason}. Ein anderes ist vielleicht besser.`,
    twice: (label) =>
      `${label} ist schon ein anderes Gesicht auf diesem Foto: Zwei Gesichter eines Fotos sind nie derselbe Mensch.`,
    429: (wait) => `Das war viel in kurzer Zeit. Versuche es ${wait} noch einmal.`,
    503: (wait) => `Ich bin mit anderen Fotos beschäftigt. Versuche es ${wait} noch einmal.`,
    507: "Für mehr Erinnerungen ist kein Platz. Vergiss zuerst etwas und versuche es noch einmal.",
    other: (detail) => `Etwas ging schief: ${detail}. Versuche es später noch einmal.`,
    soon: "gleich",
    inSeconds: (n) => `in ${count(n, "Sekunde", "Sekunden")}`,
    inMinutes: (n) => `in ${count(n, "Minute", "Minuten")}`,
  },
};

/** What the page says, in its language. */
export const strings: Strings = language === "de" ? de : en;
