/// Payload as offset, bytes and characters, as strace -X and hexdump -C show it.
extension ByteBuffer {
  /// Appends lines of 16 bytes, or of 8 where `width` has no room for 16.
  mutating func append(hexDump data: Span<UInt8>, indent: Int, width: Int?) {
    // Offset, two gaps, three columns a byte, a gap in the middle, bars, one column a byte.
    let perLine = width.map { indent + 5 + 2 + 16 * 3 + 1 + 1 + 18 > $0 } ?? false ? 8 : 16
    var offset = 0
    while offset < data.count {
      let line = data.extracting(offset..<min(offset + perLine, data.count))
      append(spaces: indent)
      append(hex: UInt64(offset), digits: data.count > 0xfffff ? 8 : 5)
      append("  ")
      for index in 0..<perLine {
        if index == 8 { append(" ") }
        if index < line.count {
          append(hex: UInt64(line[index]), digits: 2)
          append(" ")
        } else {
          append(spaces: 3)
        }
      }
      append(" |")
      for index in line.indices {
        let byte = line[index]
        append(byte >= 0x20 && byte < 0x7f ? byte : UInt8(ascii: "."))
      }
      append("|\n")
      offset += perLine
    }
  }
}
