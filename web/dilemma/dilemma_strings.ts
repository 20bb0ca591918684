/**
 * Everything that the page about the dilemma says, in one place.
 *
 * @module
 */
import { language } from "../language.ts";

const en = {
  lead: [
    "Whoever learns from examples can do two things with them: learn what they have in common, or learn them by heart. The first answers for photos never seen, the second knows that this very dog is Rex, and that the label on that photo was an exception. Nets that do the one well tend to do the other badly: that is the dilemma.",
    "Here are three published ways out of it, trained on the same photos, as this page's own figures have them. Play with them.",
  ],
  loading: "Reading what training wrote …",
  none: "There are no figures here: no evaluation lies beside the models.",
  source: (file: string) => `Drawn from ${file}, written by`,
  data: "All figures",

  noise: {
    heading: "1. Generalize first, memorize later",
    about:
      "One network learns photos of 101 classes. Some of their labels are wrong, so there is something that can only be learnt by heart. Move through its training and watch when it does what.",
    wrong: "Wrong labels among those it learns",
    epoch: "Epoch of its training",
    of: (epoch: number, last: number, phase: string) =>
      `epoch ${epoch} of ${last}${phase ? `: ${phase}` : ""}`,
    says: (epoch: number, test: string) =>
      `After epoch ${epoch} it answers ${test} of new photos rightly.`,
    saysWrong: (given: string, truth: string) =>
      ` Of the photos that were labelled wrongly it repeats the wrong label for ${given}, and names what they really show for ${truth}.`,
    phases: {
      fitting: "fitting",
      settling: "settling",
      memorization: "memorizing",
    } as Record<string, string>,
    saysPhase: {
      fitting: " It is still getting better.",
      settling: " It has settled: it generalizes, and has not begun to learn by heart.",
      memorization: " It is learning the wrong labels by heart.",
    } as Record<string, string>,
    lines: {
      clean: "rightly labelled photos that it learns",
      test: "new photos",
      asGiven: "wrongly labelled: the wrong label repeated",
      asTrue: "wrongly labelled: the truth seen through",
    } as Record<string, string>,
    chart: (share: string) => `Right answers by epoch, with ${share} of the labels wrong`,
    columns: "Epoch",
    one: (trainings: number) =>
      `This is the first of ${trainings} trainings; when each settles is a matter of chance, too.`,
    served:
      "The paradigm keeps both moments: the settled network answers, unless the photo is one that was trained on; then the late one does.",
  },

  rewinding: {
    heading: "Where does it keep what it knows by heart?",
    about: (share: string) =>
      `Take layers of the late network back to the early moment and leave the others as they are. ${share} of its labels were wrong. If it forgets the wrong labels, that is where they were.`,
    choose: "Layers taken back",
    none: "none: its last epoch",
    layers: (layers: readonly number[]) =>
      layers.length === 1
        ? `layer ${layers[0]! + 1}`
        : `layers ${layers.map((n) => n + 1).join(" and ")}`,
    hint: (trainings: number) =>
      `Layer 1 is the nearest to the photo. Layers are taken back from the mean of its last ten moments; the figures are means of ${trainings} trainings.`,
    asGiven: "Wrong labels repeated",
    asTrue: "Truth seen through",
    test: "New photos, right",
    says: (given: string, truth: string, test: string) =>
      `It repeats ${given} of the wrong labels, sees through ${truth} of them, and answers ${test} of new photos rightly.`,
  },

  joint: {
    heading: "2. Generalize and memorize at once",
    about:
      "One model of two parts, trained together: a deep one that generalizes, and a wide one, a long list of weights for single photos and rare pairs. Choose a photo and see which part speaks for the answer.",
    choose: "A photo",
    asking: "Asking all three …",
    parts: (label: string) => `What speaks for “${label}” against the next best`,
    deep: "deep part",
    wide: "wide part",
    sum: "together",
    unit: "log-odds",
    says: (label: string, deep: string, wide: string, sum: string) =>
      `For “${label}” the deep part adds ${deep} and the wide part ${wide} to the log-odds: ${sum} together.`,
    others: "The three answers",
    paradigms: {
      sequential: "1, sequential",
      joint: "2, joint",
      human: "3, human",
    },
    sure: {
      is: (label: string, share: string) => `${label}, ${share} sure`,
      perhaps: (label: string, share: string) => `perhaps ${label}, ${share} sure`,
      unknown: (label: string, share: string) => `it doubts; likest is ${label}, ${share}`,
    },
    nothing: "nothing",
    known:
      "The first two answer among the 101 classes that they were trained on, whatever the photo shows.",
  },

  human: {
    heading: "3. Generalize with machines, memorize with people",
    about:
      "The network is left alone, and what people teach lies in a table in front of it. That is what answers on the first view of this page; rules, review and the judged precision belong to it.",
    link: "Teach it something",
  },

  quadrants: {
    heading: "How far out of the dilemma?",
    about:
      "Every system is asked four kinds of photos. What it should do is different for each, so one that only memorizes or only generalizes fails at one of them.",
    share: "Exceptions among the training photos",
    system: "System",
    q1: "Typical, trained on",
    q2: "Copies of exceptions",
    q3: "New photos",
    q4: "Never-trained classes, refused",
    d: "D",
    dAbout:
      "D is the worse of two: how many exceptions it keeps beside a table, and how many new photos it gets right beside a network that saw none. 1 is no dilemma.",
    systems: {} as Record<string, string>,
    spread: (d: string, spread: string) => `${d} ± ${spread}`,
    seeds: (n: number) => `Means of ${n} trainings with different chance.`,
  },
};

const de: typeof en = {
  lead: [
    "Wer aus Beispielen lernt, kann zweierlei mit ihnen tun: lernen, was sie gemeinsam haben, oder sie auswendig lernen. Das erste antwortet auf nie gesehene Fotos, das zweite weiß, dass dieser eine Hund Rex ist und dass das Etikett an jenem Foto eine Ausnahme war. Netze, die das eine gut können, können das andere oft schlecht: das ist das Dilemma.",
    "Hier sind drei veröffentlichte Auswege, an denselben Fotos trainiert, mit den eigenen Zahlen dieser Seite. Spiel damit.",
  ],
  loading: "Ich lese, was das Training geschrieben hat …",
  none: "Hier gibt es keine Zahlen: Neben den Modellen liegt keine Auswertung.",
  source: (file) => `Gezeichnet aus ${file}, geschrieben von`,
  data: "Alle Zahlen",

  noise: {
    heading: "1. Erst verallgemeinern, später merken",
    about:
      "Ein Netz lernt Fotos von 101 Klassen. Einige Etiketten sind falsch, es gibt also etwas, das sich nur auswendig lernen lässt. Geh durch sein Training und sieh, wann es was tut.",
    wrong: "Falsche Etiketten unter dem, was es lernt",
    epoch: "Epoche des Trainings",
    of: (epoch, last, phase) => `Epoche ${epoch} von ${last}${phase ? `: ${phase}` : ""}`,
    says: (epoch, test) => `Nach Epoche ${epoch} beantwortet es ${test} der neuen Fotos richtig.`,
    saysWrong: (given, truth) =>
      ` Bei den falsch etikettierten Fotos wiederholt es zu ${given} das falsche Etikett und nennt zu ${truth}, was sie wirklich zeigen.`,
    phases: { fitting: "Anpassen", settling: "Ruhen", memorization: "Auswendiglernen" },
    saysPhase: {
      fitting: " Es wird noch besser.",
      settling: " Es ruht: Es verallgemeinert und hat mit dem Auswendiglernen nicht begonnen.",
      memorization: " Es lernt die falschen Etiketten auswendig.",
    },
    lines: {
      clean: "richtig etikettierte Fotos, die es lernt",
      test: "neue Fotos",
      asGiven: "falsch etikettierte: das falsche Etikett wiederholt",
      asTrue: "falsch etikettierte: die Wahrheit durchschaut",
    },
    chart: (share) => `Richtige Antworten je Epoche, ${share} der Etiketten falsch`,
    columns: "Epoche",
    one: (trainings) =>
      `Das ist das erste von ${trainings} Trainings; wann eines ruht, ist auch Zufall.`,
    served:
      "Das Paradigma behält beide Augenblicke: Das ruhende Netz antwortet, außer wenn das Foto eines der trainierten ist; dann antwortet das späte.",
  },

  rewinding: {
    heading: "Wo bewahrt es auf, was es auswendig weiß?",
    about: (share) =>
      `Nimm Schichten des späten Netzes auf den frühen Augenblick zurück und lass die anderen, wie sie sind. ${share} seiner Etiketten waren falsch. Vergisst es die falschen Etiketten, so waren sie dort.`,
    choose: "Zurückgenommene Schichten",
    none: "keine: die letzte Epoche",
    layers: (layers) =>
      layers.length === 1
        ? `Schicht ${layers[0]! + 1}`
        : `Schichten ${layers.map((n) => n + 1).join(" und ")}`,
    hint: (trainings) =>
      `Schicht 1 ist dem Foto am nächsten. Zurückgenommen wird vom Mittel der letzten zehn Augenblicke; die Zahlen sind Mittel aus ${trainings} Trainings.`,
    asGiven: "Falsche Etiketten wiederholt",
    asTrue: "Wahrheit durchschaut",
    test: "Neue Fotos richtig",
    says: (given, truth, test) =>
      `Es wiederholt ${given} der falschen Etiketten, durchschaut ${truth} und beantwortet ${test} der neuen Fotos richtig.`,
  },

  joint: {
    heading: "2. Zugleich verallgemeinern und merken",
    about:
      "Ein Modell aus zwei Teilen, gemeinsam trainiert: ein tiefer, der verallgemeinert, und ein breiter, eine lange Liste von Gewichten für einzelne Fotos und seltene Paare. Wähle ein Foto und sieh, welcher Teil für die Antwort spricht.",
    choose: "Ein Foto",
    asking: "Ich frage alle drei …",
    parts: (label) => `Was für „${label}“ gegen das Nächstbeste spricht`,
    deep: "tiefer Teil",
    wide: "breiter Teil",
    sum: "zusammen",
    unit: "Log-Chancen",
    says: (label, deep, wide, sum) =>
      `Für „${label}“ trägt der tiefe Teil ${deep} und der breite ${wide} zu den Log-Chancen bei: zusammen ${sum}.`,
    others: "Die drei Antworten",
    paradigms: {
      sequential: "1, nacheinander",
      joint: "2, zugleich",
      human: "3, mit Menschen",
    },
    sure: {
      is: (label, share) => `${label}, zu ${share} sicher`,
      perhaps: (label, share) => `vielleicht ${label}, zu ${share} sicher`,
      unknown: (label, share) => `es zweifelt; am ähnlichsten ist ${label}, ${share}`,
    },
    nothing: "nichts",
    known:
      "Die ersten beiden antworten unter den 101 Klassen, auf die sie trainiert sind, was auch immer das Foto zeigt.",
  },

  human: {
    heading: "3. Mit Maschinen verallgemeinern, mit Menschen merken",
    about:
      "Das Netz bleibt, wie es ist, und was Menschen lehren, liegt in einer Tabelle davor. Das antwortet auf der ersten Ansicht dieser Seite; Regeln, Prüfung und die geprüfte Genauigkeit gehören dazu.",
    link: "Bring ihm etwas bei",
  },

  quadrants: {
    heading: "Wie weit aus dem Dilemma heraus?",
    about:
      "Jedes System wird nach vier Arten von Fotos gefragt. Bei jeder soll es etwas anderes tun, wer also nur merkt oder nur verallgemeinert, scheitert an einer.",
    share: "Ausnahmen unter den trainierten Fotos",
    system: "System",
    q1: "Typische, trainiert",
    q2: "Kopien von Ausnahmen",
    q3: "Neue Fotos",
    q4: "Nie trainierte Klassen, abgelehnt",
    d: "D",
    dAbout:
      "D ist das Schlechtere von zweien: wie viele Ausnahmen es neben einer Tabelle behält, und wie viele neue Fotos es neben einem Netz richtig hat, das keine sah. 1 heißt: kein Dilemma.",
    systems: {
      "table alone": "Tabelle allein",
      "1-NN": "nächster Nachbar (1-NN)",
      "early network": "frühes Netz",
      "late network": "spätes Netz",
      "table of every label + early network": "Tabelle aller Etiketten + frühes Netz",
      "paradigm 1, sequential": "Paradigma 1, nacheinander",
      "paradigm 2, joint": "Paradigma 2, zugleich",
      "paradigm 3, human": "Paradigma 3, mit Menschen",
    },
    spread: (d, spread) => `${d} ± ${spread}`,
    seeds: (n) => `Mittel aus ${n} Trainings mit verschiedenem Zufall.`,
  },
};

/** What the page about the dilemma says. */
export const dilemma = language === "de" ? de : en;
