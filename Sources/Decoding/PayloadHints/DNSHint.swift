/// Messages of the Domain Name System (RFC 1035 §4.1).
///
///     id 0:2, flags 2:2, questions 4:2, answers 6:2, authorities 8:2, additional 10:2,
///     then the first question: name, type:2, class:2
enum DNSHint {
  enum Service {
    case dns
    case multicast
    case linkLocal

    init?(port: UInt16) {
      switch port {
      case 53: self = .dns
      case 5353: self = .multicast
      case 5355: self = .linkLocal
      default: return nil
      }
    }

    fileprivate var name: String {
      switch self {
      case .dns: "DNS"
      case .multicast: "mDNS"
      case .linkLocal: "LLMNR"
      }
    }
  }

  /// `DNS A example.com`, `DNS response AAAA example.com NXDOMAIN`; nil where it does not look like
  /// it.
  static func phrase(_ service: Service, _ bytes: HintBytes, at start: Int) -> String? {
    guard let flags = bytes.number16(at: start + 2), flags & 0x40 == 0,
      let questions = bytes.number16(at: start + 4), questions < 256
    else { return nil }
    var phrase = service.name
    if flags & 0x8000 != 0 { phrase += " response" }
    switch flags >> 11 & 0xf {
    case 0: break
    case 4: phrase += " NOTIFY"
    case 5: phrase += " UPDATE"
    default: return nil
    }
    if questions > 0 {
      guard let question = question(bytes, at: start + 12) else { return nil }
      phrase += question
    }
    if flags & 0x8000 != 0, flags & 0xf != 0 { phrase += " " + answer(code: flags & 0xf) }
    return phrase
  }

  /// ` A example.com`, or as much of the name as there is and `…`.
  private static func question(_ bytes: HintBytes, at start: Int) -> String? {
    var name = ""
    var position = start
    while let length = bytes[position] {
      position += 1
      if length == 0 {
        let type = bytes.number16(at: position).map { " " + (types[$0] ?? "TYPE\($0)") } ?? ""
        return type + " " + (name.isEmpty ? "." : name)
      }
      // No question begins in the middle of another, and no name is longer.
      guard length < 64, position - start < 255 else { return nil }
      if !name.isEmpty { name += "." }
      for offset in position..<position + Int(length) {
        guard let byte = bytes[offset] else { return " " + name + "…" }
        append(byte, to: &name)
      }
      position += Int(length)
    }
    return name.isEmpty ? "" : " " + name + "…"
  }

  /// As in zone files: `\.` for a dot in a label, `\DDD` for what cannot be printed.
  private static func append(_ byte: UInt8, to name: inout String) {
    switch byte {
    case UInt8(ascii: "."), UInt8(ascii: "\\"):
      name += "\\"
      name.unicodeScalars.append(Unicode.Scalar(byte))
    case 0x21...0x7e: name.unicodeScalars.append(Unicode.Scalar(byte))
    default:
      let digits = String(byte)
      name += "\\" + String(repeating: "0", count: 3 - digits.utf8.count) + digits
    }
  }

  private static func answer(code: UInt16) -> String {
    switch code {
    case 1: "FORMERR"
    case 2: "SERVFAIL"
    case 3: "NXDOMAIN"
    case 4: "NOTIMP"
    case 5: "REFUSED"
    case 9: "NOTAUTH"
    default: "RCODE\(code)"
    }
  }

  private static let types: [UInt16: String] = [
    1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 13: "HINFO", 15: "MX", 16: "TXT",
    28: "AAAA", 33: "SRV", 35: "NAPTR", 41: "OPT", 43: "DS", 46: "RRSIG", 47: "NSEC",
    48: "DNSKEY", 52: "TLSA", 64: "SVCB", 65: "HTTPS", 251: "IXFR", 252: "AXFR", 255: "ANY",
    257: "CAA",
  ]
}
