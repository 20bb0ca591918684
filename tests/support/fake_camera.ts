/**
 * What a camera sees in tests: a video made of photos, for Chromium's fake device.
 *
 * @module
 */
import sharp from "sharp";

const WIDTH = 640;
const HEIGHT = 480;
const RATE = 10;

/** Frames that each photo is shown for, while it moves a little to the right. */
const FRAMES = 30;

/** Pixels that it moves from frame to frame. */
const STEP = 2;

/** Full-range RGB to limited-range Y'CbCr 4:2:0 (BT.601), plane after plane. */
function planesOf(rgb: Uint8Array): Uint8Array {
  const planes = new Uint8Array(WIDTH * HEIGHT * 3 / 2);
  const [cb, cr] = [WIDTH * HEIGHT, WIDTH * HEIGHT * 5 / 4];
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const at = (y * WIDTH + x) * 3;
      const [r, g, b] = [rgb[at]!, rgb[at + 1]!, rgb[at + 2]!];
      planes[y * WIDTH + x] = 16 + 0.257 * r + 0.504 * g + 0.098 * b;
      if (x % 2 === 1 || y % 2 === 1) continue;
      const chroma = (y / 2) * (WIDTH / 2) + x / 2;
      planes[cb + chroma] = 128 - 0.148 * r - 0.291 * g + 0.439 * b;
      planes[cr + chroma] = 128 + 0.439 * r - 0.368 * g - 0.071 * b;
    }
  }
  return planes;
}

/**
 * Writes a video for a camera.
 *
 * @param file a path that ends in ".y4m"
 * @param photo what the camera sees; it moves to and fro
 */
export async function writeVideo(file: string, photo: Uint8Array): Promise<void> {
  const text = new TextEncoder();
  using video = await Deno.open(file, { write: true, create: true, truncate: true });
  const write = async (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length;) at += await video.write(bytes.subarray(at));
  };
  await write(text.encode(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${RATE}:1 Ip A1:1 C420jpeg\n`));
  const room = FRAMES * STEP;
  const wide = await sharp(photo)
    .resize(WIDTH + room, HEIGHT, { fit: "contain", background: "#6b6259" })
    .removeAlpha().toColourspace("srgb").png().toBuffer();
  for (let frame = 0; frame < 2 * FRAMES; frame++) {
    const left = STEP * (frame < FRAMES ? frame : 2 * FRAMES - 1 - frame);
    const rgb = await sharp(wide).extract({ left, top: 0, width: WIDTH, height: HEIGHT })
      .raw().toBuffer();
    await write(text.encode("FRAME\n"));
    await write(planesOf(new Uint8Array(rgb)));
  }
}
