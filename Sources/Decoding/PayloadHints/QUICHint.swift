/// Long headers of QUIC (RFC 8999, RFC 9000 §17.2, RFC 9369). Short ones look like anything.
///
///     flags 0:1, version 1:4, length of the destination's connection ID 5:1
enum QUICHint {
  static func phrase(_ bytes: HintBytes) -> String? {
    guard let first = bytes[0], first & 0x80 != 0, let version = bytes.number32(at: 1),
      let idLength = bytes[5], idLength <= 20
    else { return nil }
    if version == 0 { return "QUIC Version Negotiation" }
    guard first & 0x40 != 0 else { return nil }
    let type = Int(first >> 4 & 3)
    switch version {
    case 1: return "QUIC \(types[type]) v1"
    // Version 2 counts the types from another start.
    case 0x6b33_43cf: return "QUIC \(types[(type + 3) & 3]) v2"
    case 0xff00_0001...0xff00_00ff: return "QUIC \(types[type]) draft-\(version & 0xff)"
    default: return nil
    }
  }

  private static let types = ["Initial", "0-RTT", "Handshake", "Retry"]
}
