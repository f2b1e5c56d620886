import Records

/// Guesses from the first bytes of a payload what it may be, in one phrase.
///
/// A guess and no more: nothing else is made of it. It takes any bytes; what it says is printable
/// ASCII, and `…` where a name was cut.
struct PayloadHint {
  private enum Transport {
    case datagram
    case stream
  }

  private let transport: Transport?
  /// The DNS of the ports that the socket has, if it is one of those.
  private let socketDNS: DNSHint.Service?

  init(socket: SocketDescription?) {
    guard let socket, socket.family == .inet || socket.family == .inet6 else {
      transport = nil
      socketDNS = nil
      return
    }
    switch (socket.type, socket.protocolNumber) {
    case (.datagram, 17), (.datagram, 136): transport = .datagram
    case (.stream, 6), (.stream, 262): transport = .stream
    default: transport = nil
    }
    socketDNS =
      socket.peer?.port.flatMap { DNSHint.Service(port: $0) }
      ?? socket.local?.port.flatMap { DNSHint.Service(port: $0) }
  }

  /// What the payload of a message to `destination` looks like, if it looks like something.
  func hint(_ payload: ArraySlice<UInt8>, to destination: SocketAddress?) -> String? {
    guard let transport, let first = payload.first else { return nil }
    let dns = destination?.port.flatMap { DNSHint.Service(port: $0) } ?? socketDNS
    // Most payloads are none of these.
    if dns == nil, first & 0x80 == 0, !TLSHint.types.contains(first) { return nil }
    let reader = HintBytes(payload)
    switch transport {
    case .datagram:
      return dns.flatMap { DNSHint.phrase($0, reader, at: 0) }
        ?? TLSHint.phrase(datagram: reader) ?? QUICHint.phrase(reader)
    // Over TCP a length of two bytes stands in front.
    case .stream:
      return dns.flatMap { DNSHint.phrase($0, reader, at: 2) } ?? TLSHint.phrase(stream: reader)
    }
  }
}

extension SocketAddress {
  /// The port of an internet address.
  fileprivate var port: UInt16? {
    switch form {
    case .inet(_, let port), .inet6(_, let port, _, _): port
    case .unix, .fields, .undecoded: nil
    }
  }
}

/// Bytes that may end anywhere.
struct HintBytes {
  private let bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  var count: Int { bytes.count }

  /// The byte at `offset`, or nil behind the end.
  subscript(offset: Int) -> UInt8? {
    offset < bytes.count ? bytes[bytes.startIndex + offset] : nil
  }

  /// The big-endian number of two bytes at `offset`.
  func number16(at offset: Int) -> UInt16? {
    guard let high = self[offset], let low = self[offset + 1] else { return nil }
    return UInt16(high) << 8 | UInt16(low)
  }

  /// The big-endian number of four bytes at `offset`.
  func number32(at offset: Int) -> UInt32? {
    guard let high = number16(at: offset), let low = number16(at: offset + 2) else { return nil }
    return UInt32(high) << 16 | UInt32(low)
  }
}
