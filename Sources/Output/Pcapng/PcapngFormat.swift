package import Records

/// pcapng: what was handed to the kernel, as packets that Wireshark opens.
///
/// No packet was captured: the headers are made from the addresses of sockets and messages. Times
/// are those at which calls began.
package struct PcapngFormat: RecordFormat {
  /// Shows messages that were not sent, too.
  private let includesUnsent: Bool
  private var interfaces = PcapngInterfaces()
  private var synthesis = PacketSynthesis()
  private var hasSection = false

  package init(includesUnsent: Bool = false) { self.includesUnsent = includesUnsent }

  package mutating func append(_ event: TraceEvent, to out: inout ByteBuffer) {
    switch event {
    case .start(let start): beginSection(start, to: &out)
    case .call(let call, let verdict):
      // Of a trace that does not begin.
      if !hasSection { beginSection(nil, to: &out) }
      for message in call.messages { append(message, call, verdict, to: &out) }
    case .process(let event):
      switch event.kind {
      case .exec, .exited, .killed: interfaces.forget(pid: event.pid)
      default: break
      }
    case .followUp, .end: break
    }
  }

  /// A file without a section is no pcapng file.
  package mutating func finish(to out: inout ByteBuffer) {
    if !hasSection { beginSection(nil, to: &out) }
  }

  ///      0  byte-order magic
  ///      4  version 1.0
  ///      8  length of the section: −1 for not known
  private mutating func beginSection(_ start: TraceStart?, to out: inout ByteBuffer) {
    hasSection = true
    interfaces = PcapngInterfaces()
    synthesis = PacketSynthesis()
    var block = PcapngBlock(.section)
    block.body.append(littleEndian: UInt32(0x1a2b_3c4d))
    block.body.append(littleEndian: UInt32(1))
    block.body.append(littleEndian: UInt64.max)
    if let start {
      if let command = start.command {
        block.append(.comment, printable: command.joined(separator: " "))
      }
      block.append(.descriptionOrSystem, printable: "Linux \(start.kernel)")
      block.append(.application, printable: "mmsgtrace \(start.version)")
    }
    block.write(to: &out)
  }

  private mutating func append(
    _ message: borrowing Message, _ call: borrowing SendCall, _ verdict: borrowing Verdict,
    to out: inout ByteBuffer
  ) {
    let parts = MessageParts(message, call, verdict)
    if let sent = parts.sent {
      append(message, sent, isSent: true, call, verdict, to: &out)
    }
    if includesUnsent, let unsent = parts.unsent {
      append(message, unsent, isSent: false, call, verdict, to: &out)
    }
  }

  private mutating func append(
    _ message: borrowing Message, _ part: Range<UInt64>, isSent: Bool,
    _ call: borrowing SendCall, _ verdict: borrowing Verdict, to out: inout ByteBuffer
  ) {
    for packet in synthesis.packets(of: message, part, on: call.socket, isSent: isSent) {
      let interface = interfaces.number(
        pid: call.pid, comm: call.comm, packet.linkType, to: &out)
      let comment = PacketComment.text(message, part, packet.piece, isSent: isSent, call, verdict)
      append(packet, on: interface, at: call.time, comment: comment, to: &out)
    }
  }

  ///      0  interface
  ///      4  time: its upper 32 bits, its lower
  ///     12  bytes that follow, bytes of the packet
  ///     20  the packet, padded
  private func append(
    _ packet: SynthesizedPacket, on interface: UInt32, at time: UInt64, comment: ByteBuffer,
    to out: inout ByteBuffer
  ) {
    let kept = packet.header.count + packet.payload.count
    let length = UInt64(packet.header.count) + packet.payloadLength
    var block = PcapngBlock(.enhancedPacket)
    block.body.append(littleEndian: interface)
    block.body.append(littleEndian: UInt32(truncatingIfNeeded: time >> 32))
    block.body.append(littleEndian: UInt32(truncatingIfNeeded: time))
    block.body.append(littleEndian: UInt32(truncatingIfNeeded: kept))
    block.body.append(littleEndian: UInt32(truncatingIfNeeded: length))
    block.body.append(packet.header.span)
    block.body.append(packet.payload.span)
    block.body.appendPadding(of: kept)
    block.append(.comment, comment.bytes.span)
    // Outbound.
    block.append(.nameOrFlags, [UInt8(2), 0, 0, 0].span)
    block.write(to: &out)
  }
}
