/// TLS and DTLS records (RFC 8446 §5.1, RFC 9147 §4).
///
///     TLS    type 0:1, version 1:2, length 3:2
///     DTLS   type 0:1, version 1:2, epoch 3:2, sequence 5:6, length 11:2
enum TLSHint {
  /// The types of records, from change_cipher_spec to ack.
  static let types: ClosedRange<UInt8> = 20...26
  /// The largest length of a record, with what encryption may add.
  private static let longest: UInt16 = 16384 + 2048

  static func phrase(stream bytes: HintBytes) -> String? {
    guard let type = bytes[0], let version = bytes.number16(at: 1), version >> 8 == 3,
      version & 0xff <= 4, let length = bytes.number16(at: 3), length <= longest, length > 0
    else { return nil }
    return name(type).map { "TLS " + $0 }
  }

  static func phrase(datagram bytes: HintBytes) -> String? {
    // 0xfefc to 0xfeff: the versions, counted downwards.
    guard let type = bytes[0], let version = bytes.number16(at: 1), version >= 0xfefc,
      version <= 0xfeff, let length = bytes.number16(at: 11), length <= longest
    else { return nil }
    return name(type).map { "DTLS " + $0 }
  }

  private static func name(_ type: UInt8) -> String? {
    switch type {
    case 20: "change cipher spec"
    case 21: "alert"
    case 22: "handshake"
    case 23: "application data"
    case 24: "heartbeat"
    case 26: "ack"
    default: nil
    }
  }
}
