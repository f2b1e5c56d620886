import Records

/// Where the messages of a call go: destinations, each once, and which one each message has.
struct MessageDestinations {
  private static let maximum = 64

  private var destinations: [SocketAddress?] = []
  /// Beyond the last slot they are not told apart.
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
        slotOf.append(UInt8(Self.maximum - 1))
      }
    }
  }

  /// Nil where it is not known.
  subscript(message: Int) -> SocketAddress? {
    guard slotOf.indices.contains(message) else {
      return destinations.count == 1 ? destinations[0] : nil
    }
    return destinations[Int(slotOf[message])]
  }

  /// However it is spelled.
  func contains(_ destination: SocketAddress?) -> Bool {
    destinations.contains { $0?.destination == destination?.destination }
  }

  var byteCount: Int { destinations.count * 64 + slotOf.count }
}
