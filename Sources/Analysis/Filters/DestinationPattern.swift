package import Records

/// A set of destinations, as a person writes it.
///
///     10.0.0.0/8  127.0.0.1:53  [2001:db8::]/32:443  *:53  *:1024-65535
///     unix:/run/x.sock  unix:/run/*  unix:@name  unix:*  AF_NETLINK
package struct DestinationPattern: Hashable, Sendable {
  package enum Host: Hashable, Sendable {
    case any
    /// Addresses whose first `prefix` bits are these.
    case ipv4(UInt32, prefix: Int)
    case ipv6(IPv6Address, prefix: Int)
    case unix
    case unixPath(WildcardPattern)
    case unixAbstract(WildcardPattern)
    case family(AddressFamily)
  }

  package var host: Host
  /// Nil for any, also for destinations that have none.
  package var ports: ClosedRange<UInt32>?

  package init(host: Host, ports: ClosedRange<UInt32>? = nil) {
    self.host = host
    self.ports = ports
  }

  /// True where everything that `other` matches is matched by this, too, as far as can be told
  /// without comparing what `*` stands for.
  package func covers(_ other: DestinationPattern) -> Bool {
    if let ports {
      guard let others = other.ports, ports.contains(others.lowerBound),
        ports.contains(others.upperBound)
      else { return false }
    }
    switch (host, other.host) {
    case (.any, _): return true
    case (.ipv4(let network, let prefix), .ipv4(let inner, let innerPrefix)):
      return innerPrefix >= prefix
        && (prefix == 0 || (inner ^ network) >> UInt32(32 - prefix) == 0)
    case (.ipv6(let network, let prefix), .ipv6(let inner, let innerPrefix)):
      return innerPrefix >= prefix && inner.isEqual(network, in: prefix)
    case (.unix, .unixPath), (.unix, .unixAbstract): return true
    case (.family(.unix), .unix), (.family(.unix), .unixPath), (.family(.unix), .unixAbstract):
      return true
    default: return host == other.host
    }
  }

  /// Nil where that cannot be told, as of a peer that nobody would tell of.
  package func decides(_ address: SocketAddress) -> Bool? {
    guard address.isUnknownUnix, ports == nil else { return matches(address) }
    return switch host {
    case .unix: true
    case .unixPath, .unixAbstract: nil
    case .any, .family, .ipv4, .ipv6: matches(address)
    }
  }

  /// The same, where what cannot be told does not match.
  package func matches(_ address: SocketAddress) -> Bool {
    if let ports {
      guard let port = address.portNumber, ports.contains(port) else { return false }
    }
    switch host {
    case .any: return true
    case .ipv4(let network, let prefix):
      guard let number = address.ipv4 else { return false }
      return prefix == 0 || (number ^ network) >> UInt32(32 - prefix) == 0
    case .ipv6(let network, let prefix):
      guard case .inet6(let number, _, _, _) = address.form else { return false }
      return number.isEqual(network, in: prefix)
    case .unix:
      if case .unix = address.form { return true }
      return false
    case .unixPath(let pattern):
      guard case .unix(.path(let path)) = address.form else { return false }
      return pattern.matches(path)
    case .unixAbstract(let pattern):
      guard case .unix(.abstract(let name)) = address.form else { return false }
      return pattern.matches(name)
    case .family(let family): return address.family == family
    }
  }
}

extension Sequence<DestinationPattern> {
  /// Whether one of them matches; nil where that cannot be told.
  package func decide(_ address: SocketAddress) -> Bool? {
    var isDecided = true
    for pattern in self {
      switch pattern.decides(address) {
      case true?: return true
      case false?: continue
      case nil: isDecided = false
      }
    }
    return isDecided ? false : nil
  }
}

extension SocketAddress {
  /// The port, of families that have one under that name.
  package var portNumber: UInt32? {
    switch form {
    case .inet(_, let port), .inet6(_, let port, _, _): return UInt32(port)
    case .fields(let fields):
      guard let field = fields.first(where: { $0.name == "port" }),
        case .unsigned(let port) = field.value
      else { return nil }
      return UInt32(exactly: port)
    case .unix, .undecoded: return nil
    }
  }
}

extension IPv6Address {
  fileprivate func isEqual(_ other: IPv6Address, in prefix: Int) -> Bool {
    func isEqual(_ one: UInt64, _ other: UInt64, _ bits: Int) -> Bool {
      bits <= 0 || (one ^ other) >> UInt64(64 - min(bits, 64)) == 0
    }
    return isEqual(high, other.high, prefix) && isEqual(low, other.low, prefix - 64)
  }
}

/// Text in which `*` stands for any bytes.
package struct WildcardPattern: Hashable, Sendable {
  /// What stands between the stars.
  private let parts: [[UInt8]]

  package init(_ text: some StringProtocol) {
    parts = Array(text.utf8).split(
      separator: UInt8(ascii: "*"), omittingEmptySubsequences: false
    ).map { Array($0) }
  }

  package func matches(_ text: some RandomAccessCollection<UInt8>) -> Bool {
    guard let first = parts.first, let last = parts.last, parts.count > 1 else {
      return text.elementsEqual(parts.first ?? [])
    }
    guard text.count >= first.count + last.count, text.starts(with: first),
      text.suffix(last.count).elementsEqual(last)
    else { return false }
    // The first place for each part is the best one.
    var rest = text.dropFirst(first.count).dropLast(last.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let behind = Self.end(of: part, in: rest) else { return false }
      rest = rest[behind...]
    }
    return true
  }

  private static func end<Text: RandomAccessCollection<UInt8>>(
    of part: [UInt8], in text: Text
  ) -> Text.Index? {
    var start = text.startIndex
    while text.distance(from: start, to: text.endIndex) >= part.count {
      if text[start...].starts(with: part) { return text.index(start, offsetBy: part.count) }
      start = text.index(after: start)
    }
    return nil
  }
}
