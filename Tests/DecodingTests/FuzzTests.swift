import Decoding
import Glibc
import Records
import TestSupport
import Testing

/// Snapshots with bytes, ranges and numbers turned around: no trap, and the promises hold.
///
/// `MMSGTRACE_FUZZ_COUNT` sets how many, `MMSGTRACE_FULL=1` makes it five million,
/// `MMSGTRACE_FUZZ_SEED` repeats a run.
@Suite struct FuzzTests {
  @Test func mutatedSnapshots() {
    let isFull = number("MMSGTRACE_FULL") == 1
    let count = number("MMSGTRACE_FUZZ_COUNT") ?? (isFull ? 5_000_000 : 200_000)
    let seed = SeededGenerator.printedSeed(for: "fuzzing \(count) snapshots")
    var mutator = Mutator(seed: seed)
    let corpus = ABI.allCases.flatMap { abi in Self.corpus(abi) }
    var decoder = Decoder(notesSkippedLSM: true)
    var broken: String?
    for _ in 0..<count where broken == nil {
      var snapshot = corpus[mutator.below(corpus.count)]
      for _ in 0...mutator.below(4) { mutator.mutate(&snapshot) }
      broken = Self.brokenPromise(decoder.decode(snapshot), of: snapshot)
    }
    #expect(broken == nil, "MMSGTRACE_FUZZ_SEED=\(seed)")
  }

  private func number(_ variable: String) -> UInt64? {
    guard let value = unsafe getenv(variable) else { return nil }
    return UInt64(unsafe String(cString: value))
  }

  private static func corpus(_ abi: ABI) -> [CallSnapshot] {
    let segment = controlMessage(abi, level: 17, type: 103, data: [0xb0, 4])
    let padding = [UInt8](repeating: 0, count: segment.count % 8 == 0 ? 0 : 8 - segment.count % 8)
    let rights = controlMessage(abi, level: 1, type: 1, data: [3, 0, 0, 0])
    let path: [UInt8] = [1, 0] + Array("/run/a.sock\0".utf8)
    let messages = [
      FakeMessage(
        name: inetAddress(127, 0, 0, 1, port: 53), iovecs: [query, [1, 2, 3]],
        control: segment + padding + rights),
      FakeMessage(name: path, iovecs: [[0, 1]], control: rights),
      FakeMessage(name: [10, 0] + Array(repeating: 1, count: 26), iovecs: []),
    ]
    let sockets = [
      socketSnapshot(family: 2, type: 2, protocolNumber: 17),
      socketSnapshot(family: 10, type: 2, protocolNumber: 17, peer: messages[2].name),
      socketSnapshot(family: 1, type: 1, local: path),
    ]
    return ([nil] + sockets).map { socket in
      var call = FakeCall(messages, abi: abi)
      call.socket = socket
      return call.snapshot(returning: 2, sentLengths: [7, 2])
    } + stride(from: 0, to: 46, by: 3).map { rareCall(abi, families: $0..<$0 + 3) }
  }

  /// Other families, types of control message, and a payload that looks like something.
  private static func rareCall(_ abi: ABI, families: Range<Int>) -> CallSnapshot {
    let types: [(level: Int32, type: Int32, size: Int)] = [
      (1, 2, 12), (1, 37, 4), (1, 61, 8), (0, 1, 1), (0, 8, 12), (41, 50, 20), (41, 11, 4),
      (41, 57, 8), (282, 1, 1), (279, 2, 8), (132, 1, 32), (132, 5, 8), (272, 1, 8),
      (272, 13, 8), (276, 1, 56), (276, 9, 72), (277, 1, 4),
    ]
    let messages = families.map { family -> FakeMessage in
      let (level, type, size) = types[family % types.count]
      let data = [UInt8](repeating: UInt8(family), count: size)
      return FakeMessage(
        name: [UInt8(family), 0] + [UInt8](repeating: 1, count: 126),
        iovecs: [query], control: controlMessage(abi, level: level, type: type, data: data))
    }
    var call = FakeCall(messages, abi: abi, flags: 0x8050)
    call.socket = socketSnapshot(
      family: UInt16(families.lowerBound), type: 2, protocolNumber: 17,
      peer: inetAddress(127, 0, 0, 1, port: 53))
    return call.snapshot(returning: 3, sentLengths: [29, 29, 29])
  }

  /// A DNS question for example.com.
  private static let query: [UInt8] =
    [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7] + Array("example".utf8) + [3] + Array("com".utf8)
    + [0, 0, 1, 0, 1]

  /// What is wrong with a call, or nil.
  private static func brokenPromise(_ call: SendCall, of snapshot: CallSnapshot) -> String? {
    if call.messages.count > (snapshot.arguments?.entryCount ?? 0) { return "too many messages" }
    var counted = 0
    if case .returned(let count) = call.result { counted = Int(count) }
    for (index, message) in call.messages.enumerated() {
      if message.index != index { return "wrong index" }
      if message.sentLength != nil, index >= counted { return "a length that was not written" }
      if let bytes = message.bytes, bytes > IOVector.maximumTotal { return "too many bytes" }
      if message.bytes != nil, message.iovecs == nil { return "a sum of nothing" }
      if message.iovecRefusal != nil, message.iovecs != nil { return "refused and shown" }
      if let kept = message.payload.data {
        if UInt64(kept.count) > min(message.bytes ?? UInt64.max, snapshot.payloadLimit) {
          return "more payload than there is"
        }
        if !message.payload.truncated, UInt64(kept.count) != message.bytes { return "silent cut" }
      }
      if message.header == nil {
        if index != call.messages.count - 1 { return "went on behind an unreadable entry" }
        if (message.fault == nil) != message.truncated { return "unreadable for no reason" }
      } else if message.control == nil, message.fault == nil, message.controlRefusal == nil {
        return "control data gone for no reason"
      }
      if let hint = message.payload.hint,
        !hint.unicodeScalars.allSatisfy({ (0x20...0x7e).contains($0.value) || $0 == "…" })
      {
        return "a hint that cannot be shown"
      }
      if case .undecoded = message.name?.form, message.name?.raw == nil { return "a lost address" }
      if let broken = brokenControl(message) { return broken }
    }
    if call.notes.contains(where: { $0.text.isEmpty }) { return "an empty note" }
    if Set(call.notes.map(\.code)).count != call.notes.count { return "notes that say the same" }
    return nil
  }

  private static func brokenControl(_ message: Message) -> String? {
    let control = message.control ?? []
    if control.filter({ $0.status == .rejected }).count > 1 { return "two ends of one walk" }
    for item in control {
      if UInt64(item.data.count) > item.length { return "more data than cmsg_len" }
      if item.status == .ignored || item.status == .rejected, item.why == nil {
        return "a status without a reason"
      }
    }
    return nil
  }
}

/// Changes snapshots at random, repeatably.
private struct Mutator {
  private var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  private mutating func next() -> UInt64 { random.next() }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(bound, 1))) }

  /// A number that is likely to be an edge of something.
  private mutating func edge() -> UInt64 {
    let edges: [UInt64] = [
      0, 1, 11, 12, 15, 16, 1024, 1025, 4095, 4096, 0x7fff_f000, 0x7fff_ffff, 0x8000_0000,
      0xffff_ffff, 1 << 55, 1 << 63 - 1, 1 << 63, UInt64.max - 63, UInt64.max - 7,
      UInt64.max,
    ]
    return below(4) == 0 ? next() : edges[below(edges.count)]
  }

  mutating func mutate(_ snapshot: inout CallSnapshot) {
    switch below(10) {
    case 0, 1: mutate(&snapshot.vector)
    case 2, 3, 4: mutate(&snapshot.headers)
    case 5: mutate(&snapshot.payload)
    case 6:
      var image = snapshot.vector
      mutate(&image)
      snapshot.sentLengths.removeAll()
      snapshot.noteSentLengths(below(1026), in: image)
    case 7:
      snapshot.exit?.returnValue = Int64(bitPattern: edge())
      snapshot.abi = ABI.allCases[below(ABI.allCases.count)]
    case 8:
      snapshot.payloadLimit = edge()
      snapshot.arguments?.vectorLength = UInt32(truncatingIfNeeded: edge())
      if below(4) == 0 { snapshot.arguments?.vector = RemoteAddress(edge()) }
    default:
      snapshot.socket?.family = UInt16(below(47))
      snapshot.socket?.type = Int32(below(11))
      snapshot.socket?.protocolNumber = [0, 1, 2, 3, 6, 7, 8, 17, 58, 132, -1][below(11)]
    }
  }

  /// Rewrites bytes, or takes the image apart: pieces vanish, move or fault.
  private mutating func mutate(_ image: inout MemoryImage) {
    var bytes = image.bytes
    guard !bytes.isEmpty else { return }
    if below(2) == 0 {
      let value = edge()
      let start = below(bytes.count / 4) * 4
      for index in start..<min(start + (below(2) == 0 ? 4 : 8), bytes.count) {
        bytes[index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index - start)))
      }
    } else {
      bytes[below(bytes.count)] = UInt8(truncatingIfNeeded: next())
    }
    let cutAt = below(3) == 0 ? below(bytes.count) : bytes.count
    var mutated = MemoryImage()
    for span in image.spans where span.offset < cutAt {
      let count = min(span.count, cutAt - span.offset)
      mutated.append(bytes[span.offset..<span.offset + count], from: span.start)
    }
    for page in image.unreadablePages { mutated.noteFault(at: page &* MemoryImage.pageSize) }
    if below(2) == 0, let last = image.spans.last, image.unreadablePages.isEmpty {
      mutated.noteFault(at: last.start)
    }
    image = mutated
  }
}
