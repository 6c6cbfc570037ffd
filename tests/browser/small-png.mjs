// Screenshots in a few colours: a third to a fifth of the bytes, and no difference that is seen on a page of flat colours.

import { deflateSync } from "node:zlib";

// A palette holds 256; what is beyond the most frequent ones are shades at the edges of letters.
const COLOURS_MAX = 200;

/** The PNG `png` with a palette. The browser's `page` decodes it. */
export async function smallPng(page, png) {
  const { width, height, base64 } = await page.evaluate(async (source) => {
    const bytes = Uint8Array.from(atob(source), (char) => char.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    const chars = [];
    for (let at = 0; at < data.length; at += 32768) {
      chars.push(String.fromCharCode(...data.subarray(at, at + 32768)));
    }
    return { width: bitmap.width, height: bitmap.height, base64: btoa(chars.join("")) };
  }, png.toString("base64"));
  const rgba = Buffer.from(base64, "base64");
  const { palette, indexOf } = paletteOf(rgba, width * height);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      rows[y * (width + 1) + 1 + x] = indexOf.get(colourAt(rgba, y * width + x));
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits for each pixel, which are places in the palette.
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("PLTE", Buffer.from(palette.flatMap(channels))),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function colourAt(rgba, pixel) {
  return rgba.readUIntBE(pixel * 4, 3);
}

function channels(colour) {
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}

/** The most frequent colours, and for every colour the place of the one nearest to it. */
function paletteOf(rgba, pixels) {
  const counts = new Map();
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    const colour = colourAt(rgba, pixel);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const palette = [...counts].sort(([, a], [, b]) => b - a).slice(0, COLOURS_MAX).map(([colour]) => colour);
  const known = palette.map(channels);
  const nearest = (colour) => {
    const wanted = channels(colour);
    const distances = known.map((other) => other.reduce((sum, value, i) => sum + (value - wanted[i]) ** 2, 0));
    return distances.indexOf(Math.min(...distances));
  };
  return { palette, indexOf: new Map([...counts.keys()].map((colour) => [colour, nearest(colour)])) };
}

function chunk(name, data) {
  const named = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

/** The checksum of PNG (its specification, annex D). */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    }
  }
  return (crc ^ 0xffffffff) >>> 0;
}
