import Records

/// Where the messages of a call go: destinations, each once, and which one each message has.
struct MessageDestinations {
  private static let maximum = 64

  private var destinations: [SocketAddress?] = []
  /// Those of more destinations have a slot that there is not: they are not told apart.
  private var slotOf: [UInt8] = []

  init(_ messages: [Message], on socket: SocketDescription?) {
    var slots: [SocketAddress?: UInt8] = [:]
    slotOf.reserveCapacity(messages.count)
    for message in messages {
      let destination = message.destination(on: socket)
      if let slot = slots[destination] {
        slotOf.append(slot)
      } else if destinations.count < Self.maximum {
        let slot = UInt8(destinations.count)
        slots[destination] = slot
        destinations.append(destination)
        slotOf.append(slot)
      } else {
        slotOf.append(UInt8(Self.maximum))
      }
    }
  }

  /// Nil where it is not known.
  subscript(message: Int) -> SocketAddress? {
    guard slotOf.indices.contains(message) else {
      return destinations.count == 1 ? destinations[0] : nil
    }
    let slot = Int(slotOf[message])
    return slot < destinations.count ? destinations[slot] : nil
  }

  /// However it is spelled; true where it may be one of those that are not told apart.
  func contains(_ destination: SocketAddress?) -> Bool {
    destinations.count == Self.maximum
      || destinations.contains { $0?.destination() == destination?.destination() }
  }

  /// True where there is more than one.
  var areMany: Bool { destinations.count > 1 }

  var byteCount: Int { destinations.count * 64 + slotOf.count }
}
