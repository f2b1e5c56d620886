package import Records

/// One call as the tracer saw it: numbers and bytes, nothing decoded.
///
/// The seam of the program. Whatever makes one has a live, stopped process at hand; whatever reads
/// one is a pure function of it.
package struct CallSnapshot: Sendable {
  package var sequence: UInt64 = 0
  /// CLOCK_REALTIME at entry, nanoseconds.
  package var time: UInt64 = 0
  /// CLOCK_MONOTONIC at entry, nanoseconds.
  package var monotonic: UInt64 = 0
  package var pid: Int32 = 0
  package var tid: Int32 = 0
  package var comm: String = ""
  package var abi: ABI = .x86_64
  package var syscall: Syscall = .sendmmsg
  /// Nil where `socketcall`'s argument block could not be read.
  package var arguments: SendArguments?
  /// How many bytes of each message were to be kept.
  package var payloadLimit: UInt64 = 0

  /// The `mmsghdr` array, at entry.
  package var vector = MemoryImage()
  /// Names, iovec arrays and control blocks, at entry.
  package var headers = MemoryImage()
  /// What the iovecs point at, at entry, as far as it was to be kept.
  package var payload = MemoryImage()
  /// True where that has all bytes of the messages besides, as far as `contents` would have them.
  package var payloadHasContents = false

  /// True where the array and what it points at are byte for byte those of the thread's last call,
  /// and in the same memory.
  package var sharesHeaders = false

  /// True where a message has control data that the kernel would read.
  package var hasControl = false

  package var socket: SocketSnapshot?
  package var details = CallDetails()
  /// True where the descriptor is a socket that nobody would tell of.
  package var socketIsUnknown = false
  /// True where the thread's own descriptor table could not be reached.
  package var ownDescriptorTable = false
  /// How often the call was interrupted, mostly by a signal, and taken up again.
  package var restarts = 0
  /// True where a signal handler left the call by a jump.
  package var leftByJump = false

  /// What only happened to the call because it was traced.
  package var cutShortBy: Interference?

  package enum Interference: Sendable {
    /// Signals that the program ignores, as bits: 1 << (signal - 1). To a process of one thread
    /// they come only since it is traced; `mayBeBlocked` is true where another may block them, for
    /// which they come to all.
    case ignoredSignals(UInt64, mayBeBlocked: Bool)
    /// The interrupt by which we attached.
    case attaching
    /// The interrupt by which we let go.
    case detaching
  }

  /// What the program's own seccomp filters did to the call; asked only where it failed and all
  /// system calls stop.
  package var ownFilters = OwnFilters.notAsked

  package enum OwnFilters: Sendable {
    case notAsked
    case passed
    /// One of them made the call fail with the errno it failed with.
    case refused
    /// There are some, and we may not read them.
    case unreadable
  }

  /// What the kernel's tracepoint noted of the call: the result of each message that the protocol
  /// was asked to send, in order. Nil where it was not asked, or some of it was lost.
  package var kernelResults: [Int32]?

  /// What was found when it had not sent everything.
  @Boxed package var evidence: Evidence?

  /// Whether the last counted message, where it seems to have been taken in part, was at the exit
  /// what it was at the entry, and nobody can have changed it meanwhile; nil where there is none.
  package var partIsUnchanged: Bool?

  /// Nil where no exit was seen.
  package var exit: Exit?
  /// `msg_len` of each counted message, at exit; nil where it could not be read.
  package var sentLengths: [UInt32?] = []
  /// All that the call passed, read again at exit; nil where that was not asked for.
  @Boxed package var again: MessageImages?

  /// All bytes of its messages, read at entry, or at exit where it fell short: read only while they
  /// may have to be compared with what was left unsent, and not along with the payload.
  package var contents: MemoryImage?
  /// Longer messages are not read as a whole: no datagram of IP is.
  package static let longestContents: UInt64 = 1 << 16

  /// What the call left unsent, read at exit; nil where nothing was read.
  package var leftover: UnsentMemory?

  /// The socket that the descriptor was when a call on it fell short, by inode, where the process
  /// had closed that by now; nil where it had not, or nobody knows.
  package var closedSocket: UInt64?

  /// True where another call was under way when it ended.
  package var isBeside = false

  package struct Exit: Hashable, Sendable {
    /// CLOCK_MONOTONIC, nanoseconds.
    package var monotonic: UInt64
    /// The count, or a negated errno.
    package var returnValue: Int64

    package init(monotonic: UInt64, returnValue: Int64) {
      self.monotonic = monotonic
      self.returnValue = returnValue
    }
  }

  package init() {}

  /// The bytes that it has room for by itself, used or not.
  package var storage: Int {
    (sharesHeaders ? 0 : vector.storage + headers.storage) + payload.storage
      + sentLengths.capacity * MemoryLayout<UInt32?>.stride
  }

  /// The memory it takes, for the budget of a queue.
  package var footprint: Int {
    MemoryLayout<Self>.size + storage + details.files.size + _evidence.size + _again.size
      + (again?.byteCount ?? 0) + (leftover?.footprint ?? 0) + (contents?.storage ?? 0)
      + (kernelResults?.capacity ?? 0) * MemoryLayout<Int32>.stride
  }

  /// The bytes it holds.
  package var byteCount: Int {
    (sharesHeaders ? 0 : vector.bytes.count + headers.bytes.count) + payload.bytes.count
      + sentLengths.count * MemoryLayout<UInt32?>.stride + details.files.size
      + (again?.byteCount ?? 0) + (leftover?.byteCount ?? 0) + (contents?.bytes.count ?? 0)
  }
}

/// What was asked of the socket behind the descriptor.
package struct SocketSnapshot: Sendable {
  package var family: UInt16
  package var type: Int32
  package var protocolNumber: Int32
  package var inode: UInt64
  package var nonblocking: Bool
  /// What getsockname(2) gave; empty where it failed.
  package var local: SocketAddressBytes
  /// What getpeername(2) gave; nil where the socket is not connected, empty where it is, and nobody
  /// would tell to whom.
  package var peer: SocketAddressBytes?

  package init(
    family: UInt16, type: Int32, protocolNumber: Int32, inode: UInt64, nonblocking: Bool,
    local: SocketAddressBytes, peer: SocketAddressBytes?
  ) {
    self.family = family
    self.type = type
    self.protocolNumber = protocolNumber
    self.inode = inode
    self.nonblocking = nonblocking
    self.local = local
    self.peer = peer
  }
}

/// Up to 128 bytes of a socket address, held in place so that asking a socket allocates nothing.
package struct SocketAddressBytes: Sendable {
  package static let capacity = 128
  package var storage: InlineArray<128, UInt8> = InlineArray(repeating: 0)
  /// 0…128.
  package var count = 0

  package init() {}

  /// The first 128 bytes.
  package init(_ bytes: [UInt8]) {
    count = min(bytes.count, Self.capacity)
    for index in 0..<count { storage[index] = bytes[index] }
  }

  package var bytes: [UInt8] {
    var copy: [UInt8] = []
    copy.reserveCapacity(count)
    for index in 0..<min(count, Self.capacity) { copy.append(storage[index]) }
    return copy
  }
}

extension CallSnapshot {
  /// Forgets the call and keeps the storage of its images, unless others have it too.
  package mutating func reset() {
    var fresh = CallSnapshot()
    if !sharesHeaders {
      swap(&fresh.vector, &vector)
      swap(&fresh.headers, &headers)
    }
    swap(&fresh.payload, &payload)
    swap(&fresh.sentLengths, &sentLengths)
    fresh.vector.reset()
    fresh.headers.reset()
    fresh.payload.reset()
    fresh.sentLengths.removeAll(keepingCapacity: true)
    self = fresh
  }
}
