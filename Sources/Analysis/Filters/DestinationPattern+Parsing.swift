import Records

extension DestinationPattern {
  /// Parses one pattern; the error says what is wrong with it.
  package init(_ text: Substring) throws(PatternError) {
    if text.hasPrefix("unix:") {
      self.init(host: try Self.unix(text.dropFirst("unix:".count)))
    } else if text.hasPrefix("AF_") {
      guard let family = AddressFamily(name: String(text)) else {
        throw PatternError(text, "there is no address family of this name")
      }
      self.init(host: .family(family))
    } else if text.hasPrefix("[") {
      try self.init(bracketed: text)
    } else if let address = Self.bareIPv6(text) {
      self.init(host: address)
    } else {
      try self.init(ipv4: text)
    }
  }

  private static func unix(_ name: Substring) throws(PatternError) -> Host {
    switch name.first {
    case nil: throw PatternError(name, "a path, @name or * has to follow unix:")
    case "@": return .unixAbstract(WildcardPattern(name.dropFirst()))
    case "*" where name.count == 1: return .unix
    default: return .unixPath(WildcardPattern(name))
    }
  }

  /// `2001:db8::/32`, which leaves no room for a port.
  private static func bareIPv6(_ text: Substring) -> Host? {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = IPv6Address(parts[0]) else { return nil }
    if parts.count == 1 { return .ipv6(address, prefix: 128) }
    guard let prefix = Int(parts[1]), (0...128).contains(prefix) else { return nil }
    return .ipv6(address, prefix: prefix)
  }

  /// `[2001:db8::]/32:443`
  private init(bracketed text: Substring) throws(PatternError) {
    guard let end = text.firstIndex(of: "]") else { throw PatternError(text, "] is missing") }
    let host = text[text.index(after: text.startIndex)..<end]
    if let zone = host.firstIndex(of: "%"), IPv6Address(host[..<zone]) != nil {
      throw PatternError(host[zone...], "a zone is not taken: without one, all of them match")
    }
    guard let address = IPv6Address(host) else {
      throw PatternError(host, "this is no IPv6 address")
    }
    let (prefix, ports) = try Self.suffix(
      text[text.index(after: end)...], most: 128, mostPort: Self.mostInternetPort)
    self.init(host: .ipv6(address, prefix: prefix), ports: ports)
  }

  /// `10.0.0.0/8:53`, `*:53`, `:53`
  private init(ipv4 text: Substring) throws(PatternError) {
    let end = text.firstIndex { $0 == "/" || $0 == ":" } ?? text.endIndex
    let host = text[..<end]
    let isAny = host.isEmpty && end < text.endIndex || host == "*"
    let address = IPv4.address(host)
    guard isAny || address != nil else {
      throw PatternError(
        text, "expected ADDRESS[/BITS][:PORT], *:PORT, unix:NAME or a family, such as AF_NETLINK")
    }
    let (prefix, ports) = try Self.suffix(
      text[end...], most: isAny ? 0 : 32, mostPort: isAny ? .max : Self.mostInternetPort)
    self.init(host: address.map { .ipv4($0, prefix: prefix) } ?? .any, ports: ports)
  }

  /// `/8:53`
  private static func suffix(
    _ text: Substring, most: Int, mostPort: UInt32
  ) throws(PatternError) -> (prefix: Int, ports: ClosedRange<UInt32>?) {
    var rest = text
    var prefix = most
    if rest.first == "/" {
      let bits = rest.dropFirst().prefix { $0 != ":" }
      guard let number = Int(bits), (0...most).contains(number) else {
        throw PatternError(bits, "expected a number of bits from 0 to \(most)")
      }
      prefix = number
      rest = rest[bits.endIndex...]
    }
    guard let colon = rest.first else { return (prefix, nil) }
    guard colon == ":" else { throw PatternError(rest, "expected :PORT or the end") }
    return (prefix, try ports(rest.dropFirst(), most: mostPort))
  }

  /// Other families, such as AF_VSOCK, have ports of 32 bits.
  private static let mostInternetPort = UInt32(UInt16.max)

  /// `53`, `1024-65535`
  private static func ports(
    _ text: Substring, most: UInt32
  ) throws(PatternError) -> ClosedRange<UInt32> {
    let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = UInt32(ends[0]), let last = UInt32(ends[ends.count - 1]), first <= last else {
      throw PatternError(text, "expected a port, or two with - between")
    }
    guard last <= most else { throw PatternError(text, "IP has no port over \(most)") }
    return first...last
  }
}

/// What is wrong with a text of the user's, and where in it.
package struct PatternError: Error {
  /// A part of the text that was parsed.
  package var place: Substring
  package var what: String

  package init(_ place: Substring, _ what: String) {
    self.place = place
    self.what = what
  }
}
