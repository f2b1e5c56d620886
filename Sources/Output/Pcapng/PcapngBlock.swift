/// One block of a pcapng file (draft-ietf-opsawg-pcapng, section 3.1), little-endian.
///
///      0  block type
///      4  total length, a multiple of 4
///      8  body, then options; each part padded to 32 bits
///         total length again
struct PcapngBlock: Sendable {
  enum Kind: UInt32 {
    case section = 0x0a0d_0d0a
    case interface = 1
    case enhancedPacket = 6
  }

  /// Codes of options; what they mean depends on the block but for the first two.
  enum Option: UInt16 {
    case end = 0
    case comment = 1
    /// `if_name`; of a packet its flags, of a section its hardware.
    case nameOrFlags = 2
    /// `if_description`; of a section its operating system.
    case descriptionOrSystem = 3
    /// `shb_userappl`.
    case application = 4
    /// `if_tsresol`.
    case timeResolution = 9
  }

  private let kind: Kind
  private var hasOptions = false
  var body = ByteBuffer()

  /// What a length of 16 bits can say, with its padding.
  private static let longestOption = 0xfffc

  init(_ kind: Kind) { self.kind = kind }

  mutating func append(_ option: Option, _ value: Span<UInt8>) {
    hasOptions = true
    let value = value.extracting(first: min(value.count, Self.longestOption))
    body.append(littleEndian: option.rawValue)
    body.append(littleEndian: UInt16(truncatingIfNeeded: value.count))
    body.append(value)
    body.appendPadding(of: value.count)
  }

  /// Text of ours, or of a tracee's: nothing but what is visible gets into the file.
  mutating func append(_ option: Option, printable text: String) {
    var visible = ByteBuffer()
    visible.append(printable: text)
    append(option, visible.bytes.span)
  }

  /// Appends the whole block to `out`.
  consuming func write(to out: inout ByteBuffer) {
    if hasOptions { body.append(littleEndian: UInt32(Option.end.rawValue)) }
    let length = UInt32(truncatingIfNeeded: body.count + 12)
    out.append(littleEndian: kind.rawValue)
    out.append(littleEndian: length)
    out.append(body.bytes.span)
    out.append(littleEndian: length)
  }
}
