import Records
import Testing

@testable import Output

/// The layout of pcapng files, and what packets are made of.
@Suite struct PcapngTests {
  private func number(_ bytes: some Collection<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Type and body of each block; both lengths have to be right.
  private func blocks(_ bytes: [UInt8]) -> [(kind: UInt64, body: [UInt8])] {
    var blocks: [(UInt64, [UInt8])] = []
    var rest = bytes[...]
    while rest.count >= 12 {
      let length = Int(number(rest.dropFirst(4).prefix(4)))
      guard length >= 12, length <= rest.count, length % 4 == 0 else { break }
      let block = rest.prefix(length)
      #expect(number(block.suffix(4)) == UInt64(length))
      blocks.append((number(block.prefix(4)), Array(block.dropFirst(8).dropLast(4))))
      rest = rest.dropFirst(length)
    }
    #expect(rest.isEmpty, "\(rest.count) bytes behind the last block")
    return blocks
  }

  @Test func optionsArePaddedAndEnded() {
    var out = ByteBuffer()
    var block = PcapngBlock(.interface)
    block.append(.comment, [1, 2, 3, 4, 5].span)
    block.write(to: &out)
    #expect(
      out.bytes == [
        1, 0, 0, 0, 28, 0, 0, 0, 1, 0, 5, 0, 1, 2, 3, 4, 5, 0, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0,
      ])
  }

  @Test func anOptionIsNoLongerThanItsLengthCanSay() {
    var out = ByteBuffer()
    var block = PcapngBlock(.section)
    block.append(.comment, printable: String(repeating: "x", count: 100_000))
    block.write(to: &out)
    #expect(blocks(out.bytes).count == 1)
    #expect(out.count == 12 + 4 + 0xfffc + 4)
  }

  /// All samples: sections, interfaces and packets that can be told apart.
  @Test(arguments: [false, true]) func everySampleMakesWholeBlocks(_ includesUnsent: Bool) {
    let found = blocks(written(Samples.all, PcapngFormat(includesUnsent: includesUnsent)))
    #expect(found.first?.kind == 0x0a0d_0d0a)
    #expect(found.first.map { Array($0.body.prefix(4)) } == [0x4d, 0x3c, 0x2b, 0x1a])
    var interfaces: UInt64 = 0
    for block in found.dropFirst() {
      if block.kind == 1 {
        interfaces += 1
      } else {
        #expect(block.kind == 6)
        #expect(number(block.body.prefix(4)) < interfaces, "of an interface that comes later")
        let kept = number(block.body[12..<16])
        #expect(kept <= number(block.body[16..<20]))
        #expect(Int(kept) <= block.body.count - 20)
      }
    }
    #expect(interfaces == 2)
  }

  @Test func eachTraceIsASection() {
    let found = blocks(written(Samples.all + Samples.all, PcapngFormat()))
    #expect(found.filter { $0.kind == 0x0a0d_0d0a }.count == 2)
    #expect(found.filter { $0.kind == 1 }.count == 4)
  }

  @Test func withoutARecordThereIsASection() {
    var format = PcapngFormat()
    var out = ByteBuffer()
    format.finish(to: &out)
    #expect(blocks(out.bytes).map(\.kind) == [0x0a0d_0d0a])
  }

  /// The example of RFC 1071 §3, in one part and in odd ones.
  @Test func checksumOfTheRFC() {
    let bytes: [UInt8] = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]
    var whole = InternetChecksum()
    whole.add(bytes.span)
    #expect(whole.value == ~0xddf2)
    var parts = InternetChecksum()
    parts.add(bytes.span.extracting(first: 3))
    parts.add(bytes.span.extracting(3..<4))
    parts.add(bytes.span.extracting(4..<8))
    #expect(parts.value == whole.value)
  }

  /// What adds up to all ones is right (RFC 1071 §1).
  @Test func headersAddUp() throws {
    let call = Samples.message(0, "odd", sent: 3)
    let route = try #require(InternetRoute(of: call, on: Samples.udp))
    let headers = InternetHeaders(route: route, transport: .udp)
    let packet = headers.bytes(for: Array("odd".utf8)[...], length: 3) + Array("odd".utf8)
    var network = InternetChecksum()
    network.add(packet.span.extracting(first: 20))
    #expect(network.value == 0)
    var transport = InternetChecksum()
    transport.add(packet.span.extracting(12..<20))
    transport.add([0, 17, 0, 11].span)
    transport.add(packet.span.extracting(20..<packet.count))
    #expect(transport.value == 0)
    #expect(Array(packet[20..<24]) == [0x9c, 0x40, 0x27, 0x0f])
  }

  @Test func whatIsCutHasNoChecksum() throws {
    let message = Samples.message(0, "odd")
    let route = try #require(InternetRoute(of: message, on: Samples.udp))
    let bytes = InternetHeaders(route: route, transport: .udp)
      .bytes(for: Array("odd".utf8)[...], length: 4)
    #expect(bytes.suffix(4) == [0, 12, 0, 0])
  }

  @Test func partsOfAMessage() {
    let cases: [(TraceEvent, Int, Range<UInt64>?, Range<UInt64>?)] = [
      (Samples.partial, 0, 0..<6, nil), (Samples.partial, 3, nil, 0..<70000),
      (Samples.partial, 4, nil, 0..<20),
      // Unfinished; half of it; sent, but not counted; counted, but not sent (MSG_PROBE).
      (Samples.calls[3], 0, nil, 0..<7), (Samples.calls[4], 1, 0..<5, 5..<10),
      (Samples.calls[6], 0, 0..<4, nil), (Samples.calls[7], 0, nil, 0..<5),
    ]
    for (event, index, sent, unsent) in cases {
      guard case .call(let call, let verdict) = event else { continue }
      let parts = MessageParts(call.messages[index], call, verdict)
      #expect(parts.sent == sent && parts.unsent == unsent, "call \(call.sequence), \(index)")
    }
  }

  @Test func streamsAreForgottenInTheirOrder() {
    var streams = StreamPositions()
    func socket(_ inode: Int) -> SocketDescription {
      var socket = Samples.tcp
      socket.inode = UInt64(inode)
      return socket
    }
    for inode in 0..<StreamPositions.maximum { streams.advance(socket(inode), by: 10) }
    #expect(streams.next(on: socket(0)) == 11)
    streams.advance(socket(1), by: UInt64(UInt32.max))
    #expect(streams.next(on: socket(1)) == 10)
    streams.advance(socket(1_000_000), by: 1)
    #expect(streams.next(on: socket(0)) == 1)
    #expect(streams.next(on: socket(1)) == 10)
  }

  @Test func interfacesAreBounded() {
    var interfaces = PcapngInterfaces()
    var out = ByteBuffer()
    let numbers = (0..<5000).map {
      interfaces.number(pid: Int32($0), comm: "app", .internet, to: &out)
    }
    #expect(Set(numbers).count == PcapngInterfaces.maximum - 1)
    #expect(blocks(out.bytes).count == PcapngInterfaces.maximum - 1)
    interfaces.forget(pid: 7)
    // The table is full: the process is one of the others now.
    #expect(interfaces.number(pid: 7, comm: "new", .internet, to: &out) == numbers.last)
  }
}
