import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { validator } from "hono/validator";
import { decodeJsonBase64 } from "../functions/routes/decode_json_base64.ts";
import {
  type ByteRange,
  jsonPhoto,
  type JsonPhotoVariables,
} from "../functions/routes/json_photo.ts";
import { onError } from "../functions/routes/problem.ts";
import { samplePhoto, serviceTest } from "./support/service.ts";
import { seeded } from "./support/vectors.ts";

const MIB = 2 ** 20;

/** Bytes that are no photo. */
function noise(length: number): Uint8Array<ArrayBuffer> {
  const random = seeded(length);
  return Uint8Array.from({ length }, () => random() * 256);
}

/** Decodes a text that stands in JSON as it is written here, escapes and all. */
function decode(text: string): Uint8Array<ArrayBuffer> {
  const before = '{"image":"';
  const { buffer } = new TextEncoder().encode(`${before}${text}"}`);
  const end = buffer.byteLength - 2;
  return decodeJsonBase64(buffer, { begin: before.length, end });
}

/** Breaks a text into lines, as programs write base64. */
function wrapped(text: string, width: number, newline: string): string {
  return text.replaceAll(new RegExp(`.{${width}}`, "g"), (line) => line + newline);
}

const LENGTHS = [0, 1, 2, 3, 4, 49_151, 49_152, 49_153, 98_304, 150_001];

for (
  const [how, write] of Object.entries<(base64: string) => string>({
    "plain base64": (base64) => base64,
    "base64 without its padding": (base64) => base64.replace(/=+$/, ""),
    "a data URL": (base64) => `data:image/jpeg;base64,${base64}`,
    "a data URL with its slashes escaped": (base64) =>
      `data:image/jpeg;base64,${base64}`.replaceAll("/", "\\/"),
    "a data URL with every character escaped": (base64) =>
      `data:;base64,${base64}`.replaceAll(
        /./g,
        (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
      ),
    "lines of 76 characters": (base64) => wrapped(base64, 76, "\\r\\n"),
    "lines as long as a chunk": (base64) => wrapped(base64, 65_536, "\\n"),
    "lines of odd lengths": (base64) => wrapped(base64, 1021, "\\t \\f"),
    "whitespace before, after and within the padding": (base64) =>
      ` \\n${base64.replace(/=/g, " =\\r")}   `,
    "an escape behind plain chunks": (base64) => `${base64}\\n`,
  })
) {
  Deno.test(`decodeJsonBase64() decodes ${how} of any length`, () => {
    for (const length of LENGTHS) {
      const bytes = noise(length);
      const decoded = decode(write(bytes.toBase64()));
      assertEquals(decoded.byteLength, decoded.buffer.byteLength);
      assert(decoded.every((byte, i) => byte === bytes[i]) && decoded.length === length);
    }
  });
}

Deno.test("decodeJsonBase64() goes on over any whitespace, however much there is", () => {
  assertEquals(decode(`QU${" ".repeat(200_000)}JD`), new Uint8Array([65, 66, 67]));
});

Deno.test("decodeJsonBase64() refuses what is no base64", () => {
  const long = noise(150_000).toBase64();
  const bad = [
    "***",
    "Q",
    "QQ=",
    "=",
    "QQ==QUJD",
    "QUJD-_",
    "QU\\u0141D",
    "QUé=",
    '\\"',
    "\\b",
    "\\\\",
  ];
  const ends = ["", long];
  for (const text of bad) {
    for (const before of ends) {
      for (const after of ends) assertThrows(() => decode(before + text + after), SyntaxError);
    }
  }
  for (
    const head of [
      "data:image/jpeg,",
      "data:;base64;",
      ",",
      " data:;base64,",
    ]
  ) assertThrows(() => decode(`${head}QUJD`), SyntaxError);
});

Deno.test("decodeJsonBase64() refuses what cannot stand in a text in JSON", () => {
  const long = noise(150_000).toBase64();
  for (const bad of ["\n", "\0", "\\x", "\\v", "\\u00", "\\u00g1", "\\u 041", "data:\\q;base64,"]) {
    for (const before of ["", long]) {
      const { status } = assertThrows(() => decode(`${before}${bad}QUJD`), HTTPException);
      assertEquals(status, 400);
    }
  }
});

/** Answers with what the validator reads as JSON and with the photo that is decoded. */
const app = new Hono<{ Variables: JsonPhotoVariables }>();
app.onError(onError);
app.use(jsonPhoto());
app.post("/", validator("json", (value: unknown) => ({ rest: value })), async (c) => {
  const text: ByteRange | undefined = c.get("photoInJson");
  const photo = text && decodeJsonBase64(await c.req.arrayBuffer(), text);
  return c.json({ ...c.req.valid("json"), photo: photo?.toBase64() });
});

/** Posts JSON and resolves to what the validator and the handler find. */
async function post(body: BodyInit, type = "application/json") {
  const reply = await app.request("/", {
    method: "POST",
    body,
    headers: { "content-type": type },
  });
  return { status: reply.status, ...await reply.json() };
}

Deno.test("jsonPhoto() leaves the photo to the handler and the rest to the validator", async () => {
  for (const photo of ["QUJD", noise(100_000).toBase64()]) {
    for (
      const write of [
        JSON.stringify,
        (value: unknown) => JSON.stringify(value, null, "\t"),
        (value: unknown) => `\ufeff \n${JSON.stringify(value)}\r\n`,
      ]
    ) {
      const rest = { space: 'é"\\', context: { image: "nested", list: [{ image: "as well" }] } };
      const found = await post(write({ ...rest, image: photo, paradigm: "human" }));
      assertEquals(found.photo, photo);
      assertEquals(found.rest, { ...rest, image: "photo", paradigm: "human" });
    }
  }
});

Deno.test("jsonPhoto() takes the types for JSON that the validator takes", async () => {
  for (const type of ["application/json; charset=utf-8", "Application/LD+JSON"]) {
    assertEquals((await post('{"image":"QUJD"}', type)).photo, "QUJD");
  }
  for (const type of ["text/plain", "application/jsonl", "image/jpeg"]) {
    assertEquals(await post('{"image":"QUJD"}', type), { status: 200, rest: {} });
  }
});

Deno.test("jsonPhoto() takes the last of several photos, as the parser does", async () => {
  const long = noise(100_000).toBase64();
  for (const [first, last] of [["QUJD", long], [long, "QUJD"], [long, long]]) {
    assertEquals((await post(`{"image":"${first}","image":"${last}"}`)).photo, last);
  }
  assertEquals((await post(`{"image":"${long}","\\u0069mag\\u0065":"QUJD"}`)).photo, "QUJD");
  for (const last of [7, null, "", ["QUJD"], { image: "QUJD" }]) {
    const { rest, photo } = await post(`{"image":"${long}","image":${JSON.stringify(last)}}`);
    assertEquals(rest, { image: last });
    assertEquals(photo, undefined);
  }
});

Deno.test("jsonPhoto() leaves alone what has no photo", async () => {
  for (
    const value of [{}, [], null, 7, "image", ["image", "QUJD"], [{ image: "QUJD" }], { image: "" }]
  ) {
    assertEquals(await post(JSON.stringify(value)), { status: 200, rest: value });
  }
});

Deno.test("jsonPhoto() keeps malformed JSON from the handler, or leaves it malformed", async () => {
  for (const photo of ["QUJD", noise(2 * MIB).toBase64()]) {
    for (
      const body of [
        photo,
        `{"image":"${photo}`,
        `{"image":"${photo}\\"}`,
        `{"image":"${photo}"`,
        `{"image":"${photo}",}`,
        `{"image":"${photo}"}}`,
        `{"image" "${photo}"}`,
        `{"image":"${photo}" "space":"x"}`,
        `["image":"${photo}"]`,
        `{"im\\age":"${photo}"}`,
        // Within the photo it is the decoder that sees it.
        `{"image":"${photo}\\x"}`,
        `{"image":"${photo}\n"}`,
      ]
    ) {
      const { status, detail } = await post(body);
      assertEquals(status, 400);
      assertEquals(detail, "the body should be JSON in UTF-8, it cannot be read as such");
    }
  }
  assertEquals((await post(new Uint8Array([0xff, 0xd8, ...noise(2 * MIB)]))).status, 400);
});

Deno.test("jsonPhoto() refuses more than 1 MiB besides the photo", async () => {
  const photo = noise(2 * MIB).toBase64();
  const filled = (bytes: number, rest: object) => {
    const { length } = JSON.stringify({ ...rest, context: "" });
    return JSON.stringify({ ...rest, context: "x".repeat(bytes - length) });
  };
  assertEquals((await post(filled(MIB, {}))).status, 200);
  assertEquals((await post(filled(MIB + photo.length, { image: photo }))).photo, photo);
  for (
    const body of [
      filled(MIB + 1, {}),
      filled(MIB + 1 + photo.length, { image: photo }),
      JSON.stringify({ imago: photo }),
      JSON.stringify({ context: { image: photo } }),
      JSON.stringify([photo]),
      `{"image":"${photo}","image":"${photo}"}`,
    ]
  ) {
    const { status, detail } = await post(body);
    assertEquals(status, 413);
    assertStringIncludes(detail, "more than 1048576 bytes besides the photo; / takes at most");
  }
});

serviceTest("POST /classify answers a photo in JSON as it does its bytes", async (service) => {
  const photo = samplePhoto("grace_hopper.jpg");
  const ask = async (body: BodyInit, type: string) => {
    const headers = { "content-type": type };
    const reply = await service.request("/classify", { method: "POST", body, headers });
    const { timings: _, ...answer } = await reply.json();
    return { status: reply.status, ...answer };
  };
  const json = (image: string, rest = "") => ask(`{"image":"${image}"${rest}}`, "application/json");
  const expected = await ask(photo, "image/jpeg");
  assertEquals(expected.status, 200);
  const base64 = photo.toBase64();
  const lines = wrapped(base64, 76, "\\r\\n");
  assertEquals(await json(base64), expected);
  assertEquals(await json(lines, ',"context":{"album":"home"},"paradigm":"human"'), expected);
  assertEquals(await json(`data:image\\/jpeg;base64,${base64.replaceAll("/", "\\/")}`), expected);

  const problem = async (status: number, detail: string, image: string, rest?: string) => {
    const found = await json(image, rest);
    assertEquals([found.status, found.detail], [status, detail]);
  };
  await problem(400, "image: should be base64 or a data URL", `${base64}*`);
  await problem(400, "image: should be a photo, it is empty", "data:image/jpeg;base64,");
  await problem(400, 'image: should be text of at least 1 characters, it is ""', "");
  await problem(400, "spcae: is not known here", base64, ',"spcae":"x"');
  await problem(
    400,
    "the body should be JSON in UTF-8, it cannot be read as such",
    base64,
    ',"space":',
  );
});
