/// What had to be asked of the kernel besides: what the bytes of a call speak of and do not hold.
package struct CallDetails: Sendable {
  /// UDP_SEGMENT of the socket, 0 for none; nil where it was not asked.
  package var segmentSize: UInt16?
  /// UDP_CORK.
  package var isCorked = false
  /// The clock that SCM_TXTIME is counted by; nil where it was not asked.
  package var transmitClock: TransmitClock?
  /// The interfaces that addresses and control messages name by their numbers.
  package var interfaces = InterfaceNames()
  /// What the descriptors of SCM_RIGHTS are.
  package var files = SentFiles()
  /// True where the numbers of users mean the same to the program and to us.
  package var sharesUsers = false

  package init() {}
}

/// The clock of a socket (SO_TXTIME).
package struct TransmitClock: Hashable, Sendable {
  /// A `clockid_t`.
  package var number: Int32
  /// What it showed when the call was entered, nanoseconds.
  package var now: UInt64

  package init(number: Int32, now: UInt64) {
    self.number = number
    self.now = now
  }

  /// include/uapi/linux/time.h: those that a socket can have, and the others of the system.
  private static let names = [
    "CLOCK_REALTIME", "CLOCK_MONOTONIC", "CLOCK_PROCESS_CPUTIME_ID", "CLOCK_THREAD_CPUTIME_ID",
    "CLOCK_MONOTONIC_RAW", "CLOCK_REALTIME_COARSE", "CLOCK_MONOTONIC_COARSE", "CLOCK_BOOTTIME",
    "CLOCK_REALTIME_ALARM", "CLOCK_BOOTTIME_ALARM", "CLOCK_SGI_CYCLE", "CLOCK_TAI",
  ]

  var name: String {
    let index = Int(number)
    return Self.names.indices.contains(index) ? Self.names[index] : String(number)
  }
}

/// The names of network interfaces, by their numbers in the socket's network namespace.
package struct InterfaceNames: Sendable {
  private var known: [(index: UInt32, name: [UInt8])] = []

  package init() {}

  package mutating func add(_ index: UInt32, _ name: [UInt8]) { known.append((index, name)) }

  /// Nil where it was not asked, or there is none.
  package subscript(index: UInt32) -> [UInt8]? {
    known.isEmpty ? nil : known.first { $0.index == index }?.name
  }
}

/// What descriptors of the program are: `socket:[17]`, a path, `anon_inode:[eventfd]`.
package struct SentFiles: Sendable {
  private var known: [(descriptor: Int32, file: [UInt8])] = []
  /// In bytes.
  package private(set) var size = 0

  package init() {}

  package mutating func add(_ descriptor: Int32, _ file: [UInt8]) {
    known.append((descriptor, file))
    size += file.count
  }

  /// Nil where it was not asked, or there is none.
  package subscript(descriptor: Int32) -> [UInt8]? {
    known.first { $0.descriptor == descriptor }?.file
  }
}
