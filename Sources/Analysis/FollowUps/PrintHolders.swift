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
    guard calls.insert(tail.call).inserted else { return }
    for index in tail.prints.indices {
      for slot in index.slots {
        let next = last[slot.hash] ?? -1
        // Several of its prints may be the same.
        if next >= 0, links[Int(next)].call == tail.call { continue }
        filter.insert(slot.hash)
        last[slot.hash] = Int32(links.count)
        links.append(Link(call: tail.call, next: next))
      }
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

  /// The calls that have one of these prints, in their order.
  func calls(sharing prints: [PrintIndex]) -> [UInt64] {
    var found: [UInt64] = []
    for index in prints {
      var before: UInt64?
      // Equal ones stand side by side.
      for slot in index.slots where slot.hash != before && filter.mayHave(slot.hash) {
        before = slot.hash
        var place = last[slot.hash] ?? -1
        while place >= 0 {
          found.append(links[Int(place)].call)
          place = links[Int(place)].next
        }
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
