import Records

/// The tags in front of what is no internet packet (Wireshark's epan/exported_pdu.h).
///
///      0  tag, length  16 bits each, big-endian
///      4  value        padded with NULs to the length, a multiple of 4
enum UpperPDU {
  private enum Tag: UInt16 {
    case end = 0
    case dissector = 12
    case protocolColumn = 33
    case infoColumn = 36
  }

  /// The protocol column shows the socket's kind, the info column where the message goes.
  static func tags(of message: borrowing Message, on socket: SocketDescription?) -> [UInt8] {
    var out = ByteBuffer(capacity: 64)
    append(.dissector, "data".utf8.span, to: &out)
    var kind = ByteBuffer()
    if let socket { kind.appendKind(of: socket) } else { kind.append("no socket") }
    append(.protocolColumn, kind.bytes.span, to: &out)
    var way = ByteBuffer()
    if let local = socket?.local { way.append(text: local) }
    if let target = message.name ?? socket?.peer {
      way.append(" → ")
      way.append(text: target)
    }
    if !way.isEmpty { append(.infoColumn, way.bytes.span, to: &out) }
    out.append(bigEndian: UInt32(Tag.end.rawValue))
    return out.bytes
  }

  private static func append(_ tag: Tag, _ value: Span<UInt8>, to out: inout ByteBuffer) {
    let length = (value.count + 3) & ~3
    out.append(bigEndian: tag.rawValue)
    out.append(bigEndian: UInt16(truncatingIfNeeded: length))
    out.append(value)
    out.appendPadding(of: value.count)
  }
}
