/// Which tails have a message with a print, so that a send is compared with these alone, however
/// many are waited for.
///
/// Most sends that share none are known by a few loads from a filter.
struct PrintHolders {
  /// That a call's tail has a print, and where the next one stands that has it; -1 where none has.
  private struct Link {
    var call: UInt64
    var next: Int32
  }

  private var filter = PrintFilter()
  private var links: [Link] = []
  /// Of each print the link that was added last.
  private var last: [UInt64: Int32] = [:]
  private var calls: Set<UInt64> = []

  /// How many tails it knows, those included that are gone.
  var count: Int { calls.count }

  /// Adds a tail, if it does not know it.
  mutating func insert(_ tail: borrowing UnsentTail) {
    insert(tail.prints.indices.lazy.flatMap { $0.slots.lazy.map(\.hash) }, of: tail.call)
  }

  /// Adds the tail of a call with what is looked for of it, if it does not know that.
  mutating func insert(_ prints: some Sequence<UInt64>, of call: UInt64) {
    guard calls.insert(call).inserted else { return }
    for print in prints {
      let next = last[print] ?? -1
      // Several of its prints may be the same.
      if next >= 0, links[Int(next)].call == call { continue }
      filter.insert(print)
      last[print] = Int32(links.count)
      links.append(Link(call: call, next: next))
    }
  }

  /// Forgets all, and keeps the storage.
  mutating func removeAll() {
    filter.removeAll()
    links.removeAll(keepingCapacity: true)
    last.removeAll(keepingCapacity: true)
    calls.removeAll(keepingCapacity: true)
  }

  func mayHave(_ print: UInt64) -> Bool { filter.mayHave(print) && last[print] != nil }

  func mayShare(with prints: PrintIndex) -> Bool { prints.slots.contains { mayHave($0.hash) } }

  /// Calls `body` with the calls that have a print.
  @inline(__always)
  func forEachCall(having print: UInt64, _ body: (UInt64) -> Void) {
    guard filter.mayHave(print) else { return }
    var place = last[print] ?? -1
    while place >= 0 {
      body(links[Int(place)].call)
      place = links[Int(place)].next
    }
  }

  /// The calls that have one of these prints, in their order.
  func calls(sharing prints: [PrintIndex]) -> [UInt64] {
    var found: [UInt64] = []
    for index in prints {
      var before: UInt64?
      // Equal ones stand side by side.
      for slot in index.slots where slot.hash != before {
        before = slot.hash
        forEachCall(having: slot.hash) { found.append($0) }
      }
    }
    found.sort()
    var last: UInt64?
    found.removeAll { call in
      defer { last = call }
      return call == last
    }
    return found
  }
}
