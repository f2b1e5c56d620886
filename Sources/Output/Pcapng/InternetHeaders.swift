import Records

/// What stands behind the internet header.
enum TransportHeader {
  case udp
  /// UDP-Lite (RFC 3828), with a checksum over the whole datagram.
  case udpLite
  case tcp(sequence: UInt32)
  /// Nothing that we make: the payload is what the protocol of this number carries.
  case none(protocolNumber: UInt8)

  var length: Int {
    switch self {
    case .udp, .udpLite: 8
    case .tcp: 20
    case .none: 0
    }
  }

  var protocolNumber: UInt8 {
    switch self {
    case .udp: 17
    case .udpLite: 136
    case .tcp: 6
    case .none(let number): number
    }
  }
}

/// Appends headers as the kernel would make them for a payload.
struct InternetHeaders {
  let route: InternetRoute
  let transport: TransportHeader

  /// What the length fields of the packet can say.
  static let longestPacket = 0xffff

  /// False where no packet can be that long.
  func fits(_ payloadLength: UInt64) -> Bool {
    let counted =
      switch route.addresses {
      case .ipv4: 20 + transport.length
      // IPv6 does not count its own header.
      case .ipv6: transport.length
      }
    return payloadLength <= UInt64(Self.longestPacket - counted)
  }

  /// `length` is the payload's; `payload` as much of it as is known. The checksum of a payload that
  /// is not known whole stays 0. `fits(length)` has to hold.
  func bytes(for payload: ArraySlice<UInt8>, length: Int) -> [UInt8] {
    let transport = transportBytes(for: payload, length: length)
    var out = ByteBuffer(capacity: 60)
    switch route.addresses {
    case .ipv4(let source, let destination):
      appendIPv4(source, destination, length + transport.count, to: &out)
    case .ipv6(let source, let destination, let flow):
      out.append(bigEndian: 0x6000_0000 | UInt32(route.trafficClass) << 20 | flow)
      out.append(bigEndian: UInt16(truncatingIfNeeded: length + transport.count))
      out.append(self.transport.protocolNumber)
      out.append(route.hopLimit)
      out.append(bigEndian: source)
      out.append(bigEndian: destination)
    }
    out.append(transport.span)
    return out.bytes
  }

  /// RFC 791 §3.1. The identification is 0, as the kernel sets it with the "don't fragment" bit.
  private func appendIPv4(
    _ source: UInt32, _ destination: UInt32, _ length: Int, to out: inout ByteBuffer
  ) {
    var header = ByteBuffer(capacity: 20)
    header.append(UInt8(0x45))
    header.append(route.trafficClass)
    header.append(bigEndian: UInt16(truncatingIfNeeded: length + 20))
    header.append(bigEndian: UInt16(0))
    header.append(bigEndian: UInt16(0x4000))
    header.append(route.hopLimit)
    header.append(transport.protocolNumber)
    var addresses = ByteBuffer(capacity: 8)
    addresses.append(bigEndian: source)
    addresses.append(bigEndian: destination)
    var checksum = InternetChecksum()
    checksum.add(header.bytes.span)
    checksum.add(addresses.bytes.span)
    out.append(header.bytes.span)
    out.append(bigEndian: checksum.value)
    out.append(addresses.bytes.span)
  }

  private func transportBytes(for payload: ArraySlice<UInt8>, length: Int) -> [UInt8] {
    guard payload.count == length else { return transportBytes(checksum: 0, length: length) }
    var checksum = InternetChecksum()
    checksum.add(pseudoHeader(length: length + transport.length).span)
    checksum.add(transportBytes(checksum: 0, length: length).span)
    checksum.add(payload.span)
    // UDP's 0 says that there is none.
    let value = checksum.value
    return transportBytes(checksum: value == 0 ? 0xffff : value, length: length)
  }

  private func transportBytes(checksum: UInt16, length: Int) -> [UInt8] {
    var out = ByteBuffer(capacity: 20)
    if case .none = transport { return [] }
    out.append(bigEndian: route.sourcePort)
    out.append(bigEndian: route.destinationPort)
    switch transport {
    case .udp: out.append(bigEndian: UInt16(truncatingIfNeeded: length + 8))
    // Coverage: 0 for all of it.
    case .udpLite: out.append(bigEndian: UInt16(0))
    case .tcp(let sequence):
      out.append(bigEndian: sequence)
      // What was acknowledged nobody saw.
      out.append(bigEndian: UInt32(1))
      // Header of 5 words; PSH and ACK.
      out.append(bigEndian: UInt16(0x5018))
      out.append(bigEndian: UInt16.max)
    case .none: break
    }
    out.append(bigEndian: checksum)
    if case .tcp = transport { out.append(bigEndian: UInt16(0)) }
    return out.bytes
  }

  /// RFC 768, RFC 9293 §3.1 and RFC 8200 §8.1.
  private func pseudoHeader(length: Int) -> [UInt8] {
    var out = ByteBuffer(capacity: 40)
    switch route.addresses {
    case .ipv4(let source, let destination):
      out.append(bigEndian: source)
      out.append(bigEndian: destination)
      out.append(bigEndian: UInt16(transport.protocolNumber))
      out.append(bigEndian: UInt16(truncatingIfNeeded: length))
    case .ipv6(let source, let destination, _):
      out.append(bigEndian: source)
      out.append(bigEndian: destination)
      out.append(bigEndian: UInt32(truncatingIfNeeded: length))
      out.append(bigEndian: UInt32(transport.protocolNumber))
    }
    return out.bytes
  }
}
