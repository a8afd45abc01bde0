// Where does a text in UTF-8 begin? Behind the mark that editors and some servers put before it (RFC 8259, section 8.1).

const mark = Buffer.from([0xef, 0xbb, 0xbf]);

/** The bytes without a byte order mark before them; nothing is copied. */
export function withoutMark({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  return bytes.subarray(bytes.subarray(0, mark.length).equals(mark) ? mark.length : 0);
}
