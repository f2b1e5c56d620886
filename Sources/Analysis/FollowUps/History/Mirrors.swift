import Records

/// Processes that send copies of batches that went out whole: to a second receiver, or on a second
/// socket. Of them nobody need think that a copy is what a call that fell short left.
struct Mirrors {
  private struct Batch {
    var key: UInt64
    /// The socket and the destination.
    var place: UInt64
    var time: UInt64
    /// True once a call with it fell short.
    var fellShort: Bool
  }

  private var batches = [Batch?](repeating: nil, count: places)
  private var processes: Set<Int32> = []
  private let hasher = ContentHash()

  private static let places = 256
  private static let mostProcesses = 4096
  /// What comes later may be asked again, for want of an answer.
  private static let longest: UInt64 = 100_000_000

  func contains(_ pid: Int32) -> Bool { processes.contains(pid) }

  mutating func forget(_ pid: Int32) { processes.remove(pid) }

  /// Notes a call. `prints` are of its messages, as far as they were made.
  mutating func note(_ call: borrowing SendCall, isWhole: Bool, _ prints: [MessagePrint]) {
    let count = call.messages.count
    guard let socket = call.socket, socket.type != .stream, count > 1, !contains(call.pid),
      let first = contents(call.messages[0], prints.first),
      let last = contents(
        call.messages[count - 1], prints.indices.contains(count - 1) ? prints[count - 1] : nil),
      first != last
    else { return }
    let number = UInt64(count) << 32 | UInt64(UInt32(bitPattern: call.pid))
    let key = hasher.hash(hasher.hash(first, last), number)
    let name = call.messages[0].name ?? socket.peer
    let to = name.map { UInt64(bitPattern: Int64($0.hashValue)) } ?? 0
    var batch = Batch(
      key: key, place: hasher.hash(socket.inode, to), time: call.monotonic, fellShort: !isWhole)
    let index = Int(key % UInt64(Self.places))
    if let before = batches[index], before.key == key,
      batch.time < before.time &+ Self.longest
    {
      batch.fellShort = batch.fellShort || before.fellShort
      if !batch.fellShort, before.place != batch.place, processes.count < Self.mostProcesses {
        processes.insert(call.pid)
      }
    }
    batches[index] = batch
  }

  /// All bytes of a message, hashed; nil where they are not known, or too few to tell it from
  /// others.
  private func contents(_ message: borrowing Message, _ print: MessagePrint?) -> UInt64? {
    guard let bytes = message.bytes, bytes >= MessagePrinter.fewestTellingBytes,
      let kept = message.payload.data
    else { return nil }
    return UInt64(kept.count) == bytes ? hasher.hash(bytes, kept) : print?.whole
  }
}
