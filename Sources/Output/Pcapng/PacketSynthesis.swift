import Records

/// A packet that a message would be seen as.
struct SynthesizedPacket {
  var linkType: LinkType
  /// Headers, or tags.
  var header: [UInt8]
  /// As much of the payload as was kept.
  var payload: ArraySlice<UInt8>
  var payloadLength: UInt64
  /// Which of the pieces of the message it is, where it was cut.
  var piece: (index: UInt64, count: UInt64)?
}

/// Makes packets of messages: the headers come from the socket's addresses and the message's.
struct PacketSynthesis: Sendable {
  private var streams = StreamPositions()

  /// The most payload of one TCP segment: what an IPv4 packet can hold.
  private static let longestSegment: UInt64 = 65_495
  /// Of a message: 67 MB, after which there is a gap in the stream.
  private static let maximumSegments = 1024
  /// `UDP_MAX_SEGMENTS`: more the kernel refuses.
  private static let maximumPieces: UInt64 = 128
  /// What Wireshark reads of a packet.
  private static let longestKept = 262_144

  /// The packets of bytes `part` of a message; a part that was sent moves a stream on.
  mutating func packets(
    of message: borrowing Message, _ part: Range<UInt64>, on socket: SocketDescription?,
    isSent: Bool
  ) -> [SynthesizedPacket] {
    let payload = PayloadPart(message, part)
    guard let socket, let route = InternetRoute(of: message, on: socket) else {
      return [Self.upperPDU(payload, message, socket)]
    }
    switch (socket.type, socket.protocolNumber) {
    case (.datagram, 0), (.datagram, 17):
      return Self.datagrams(payload, .udp, route, message, socket)
    case (.datagram, 136): return Self.datagrams(payload, .udpLite, route, message, socket)
    // MPTCP's subflows are TCP.
    case (.stream, 0), (.stream, 6), (.stream, 262):
      // An offer may be of gigabytes.
      guard isSent || payload.length <= Self.longestSegment else {
        return [Self.upperPDU(payload, message, socket)]
      }
      let packets = segments(payload, route, socket)
      if isSent { streams.advance(socket, by: payload.length) }
      return packets
    // IPPROTO_RAW: the program makes the header.
    case (.raw, 255): return [Self.packet(.internet, [], payload)]
    // What the protocol carries is the program's; echo requests are, too.
    case (.raw, let number) where (0..<255).contains(number),
      (.datagram, let number) where number == 1 || number == 58:
      let transport = TransportHeader.none(protocolNumber: UInt8(truncatingIfNeeded: number))
      return Self.datagrams(payload, transport, route, message, socket)
    // The kernel makes a header of which we know nothing.
    default: return [Self.upperPDU(payload, message, socket)]
    }
  }

  /// UDP, cut into its datagrams where it is.
  private static func datagrams(
    _ payload: PayloadPart, _ transport: TransportHeader, _ route: InternetRoute,
    _ message: borrowing Message, _ socket: SocketDescription
  ) -> [SynthesizedPacket] {
    let headers = InternetHeaders(route: route, transport: transport)
    guard headers.fits(payload.length) else { return [upperPDU(payload, message, socket)] }
    guard let cut = message.segmentation, let pieces = cut.pieces, cut.size > 0, pieces.count > 1,
      pieces.count <= maximumPieces
    else { return [packet(payload, headers)] }
    return pieced(payload, size: UInt64(cut.size)).map { packet($0, headers) }.numbered
  }

  private func segments(
    _ payload: PayloadPart, _ route: InternetRoute, _ socket: SocketDescription
  ) -> [SynthesizedPacket] {
    var sequence = streams.next(on: socket)
    let parts = Self.pieced(payload, size: Self.longestSegment).prefix(Self.maximumSegments)
    let packets = parts.map { part in
      let headers = InternetHeaders(route: route, transport: .tcp(sequence: sequence))
      sequence &+= UInt32(truncatingIfNeeded: part.length)
      return Self.packet(part, headers)
    }
    return packets.count > 1 ? packets.numbered : packets
  }

  private static func pieced(_ payload: PayloadPart, size: UInt64) -> [PayloadPart] {
    if payload.length <= size { return [payload] }
    return stride(from: 0, to: payload.length, by: Int(clamping: size)).map { start in
      payload.part(start..<min(start + size, payload.length))
    }
  }

  private static func packet(
    _ payload: PayloadPart, _ headers: InternetHeaders
  ) -> SynthesizedPacket {
    packet(
      .internet, headers.bytes(for: payload.kept, length: Int(clamping: payload.length)), payload)
  }

  private static func upperPDU(
    _ payload: PayloadPart, _ message: borrowing Message, _ socket: SocketDescription?
  ) -> SynthesizedPacket {
    let tags = UpperPDU.tags(of: message, on: socket)
    var payload = payload
    payload.kept = payload.kept.prefix(longestKept - tags.count)
    return packet(.upperPDU, tags, payload)
  }

  private static func packet(
    _ linkType: LinkType, _ header: [UInt8], _ payload: PayloadPart
  ) -> SynthesizedPacket {
    SynthesizedPacket(
      linkType: linkType, header: header, payload: payload.kept, payloadLength: payload.length)
  }
}

/// Part of what a message carries, and what was kept of it.
private struct PayloadPart {
  var kept: ArraySlice<UInt8>
  var length: UInt64

  init(kept: ArraySlice<UInt8>, length: UInt64) {
    self.kept = kept
    self.length = length
  }

  init(_ message: borrowing Message, _ part: Range<UInt64>) {
    let all = message.payload.data ?? []
    self = PayloadPart(kept: all, length: part.upperBound).part(part)
  }

  /// `part` must lie within the length.
  func part(_ part: Range<UInt64>) -> PayloadPart {
    let start = Int(clamping: part.lowerBound)
    let count = Int(clamping: part.upperBound - part.lowerBound)
    return PayloadPart(
      kept: kept.dropFirst(start).prefix(count), length: part.upperBound - part.lowerBound)
  }
}

extension [SynthesizedPacket] {
  /// Each knows which of how many it is.
  fileprivate var numbered: [SynthesizedPacket] {
    enumerated().map { index, packet in
      var packet = packet
      packet.piece = (UInt64(index), UInt64(count))
      return packet
    }
  }
}
