/// One `sendmmsg` call: what was asked for, and what the kernel answered.
package struct SendCall: Sendable {
  /// Counts from 1 in order of entry.
  package var sequence: UInt64
  /// CLOCK_REALTIME at entry, nanoseconds.
  package var time: UInt64
  /// CLOCK_MONOTONIC at entry, nanoseconds.
  package var monotonic: UInt64
  /// Nanoseconds from entry to exit as the tracer saw them; nil where no exit was seen.
  package var duration: UInt64?
  package var pid: Int32
  package var tid: Int32
  package var comm: String
  package var abi: ABI
  package var syscall: Syscall
  /// Nil where `socketcall`'s argument block could not be read.
  package var arguments: SendArguments?
  /// Nil where the descriptor is no socket or could not be asked.
  package var socket: SocketDescription?
  package var result: CallResult
  /// True where a seccomp filter of the program's own refused the call.
  package var wasFiltered = false
  /// False for a call that was under way when its process was attached to.
  package var entryWasSeen = true
  /// What the protocol returned for each message it was asked to send, by the kernel's own account;
  /// nil where that was not asked for, or some of it was lost.
  package var kernelResults: [Int32]?
  /// What was found when it had not sent everything; nil where that was not asked.
  package var evidence: Evidence?
  /// Whether the last message, where it seems to have been taken in part, is what it was at the
  /// entry, and nobody can have changed it meanwhile; nil where there is none.
  package var partIsUnchanged: Bool?
  /// The first min(vlen, 1024) entries, up to and with the first one that cannot be read.
  package var messages: [Message]
  package var notes: [Note]

  package init(
    sequence: UInt64, time: UInt64, monotonic: UInt64, duration: UInt64?, pid: Int32, tid: Int32,
    comm: String, abi: ABI, syscall: Syscall, arguments: SendArguments?,
    socket: SocketDescription?, result: CallResult, messages: [Message], notes: [Note]
  ) {
    self.sequence = sequence
    self.time = time
    self.monotonic = monotonic
    self.duration = duration
    self.pid = pid
    self.tid = tid
    self.comm = comm
    self.abi = abi
    self.syscall = syscall
    self.arguments = arguments
    self.socket = socket
    self.result = result
    self.messages = messages
    self.notes = notes
  }
}

extension SendCall {
  /// Whether the kernel takes every message with MSG_DONTWAIT: since the flags say so, or since
  /// O_NONBLOCK does; nil where that is not known.
  package var effectiveDontWait: Bool? {
    guard let flags = arguments?.flags else { return nil }
    return flags.contains(.dontWait) ? true : socket?.nonblocking
  }
}

/// The system call a program reached the kernel's `__sys_sendmmsg` by.
package enum Syscall: UInt8, Sendable {
  case sendmmsg
  /// The i386 multiplexer, with sub-call 20.
  case socketcall

  package var name: String {
    switch self {
    case .sendmmsg: "sendmmsg"
    case .socketcall: "socketcall"
    }
  }
}

/// The four arguments, in the widths the kernel reads them in.
package struct SendArguments: Hashable, Sendable {
  package var fd: Int32
  package var vector: RemoteAddress
  package var vectorLength: UInt32
  package var flags: SendFlags

  package init(fd: Int32, vector: RemoteAddress, vectorLength: UInt32, flags: SendFlags) {
    self.fd = fd
    self.vector = vector
    self.vectorLength = vectorLength
    self.flags = flags
  }

  /// The most entries one call looks at (`UIO_MAXIOV`).
  package static let maximumEntries: UInt32 = 1024

  /// How many entries the kernel looks at: `vlen`, at most 1,024.
  package var entryCount: Int { Int(min(vectorLength, Self.maximumEntries)) }
}

/// How a call ended.
package enum CallResult: Hashable, Sendable {
  /// The number of messages the kernel counted.
  case returned(UInt32)
  /// −1 with this errno.
  case failed(Errno)
  /// No exit was seen: the thread died in the call, or tracing ended first.
  case unfinished
}

/// Something about a call that a reader should know and no field says.
package struct Note: Hashable, Sendable {
  package enum Code: String, Sendable, CaseIterable {
    /// The thread has a descriptor table of its own that could not be reached.
    case ownDescriptorTable = "own_descriptor_table"
    /// The descriptor is a socket that could not be asked.
    case socketUnknown = "socket_unknown"
    /// The process may not be read: what it sends is not known.
    case unreadableProcess = "unreadable_process"
    /// The call was interrupted, mostly by a signal, and taken up again.
    case restarted
    /// The program never saw the call return: a signal handler jumped out of it.
    case leftByJump = "left_by_jump"
    /// A signal that the program ignores cut the call short, which it does only under a tracer.
    case interruptedBecauseTraced = "interrupted_because_traced"
    /// The program has seccomp filters of its own that we may not read: one may have refused the
    /// call before a message was looked at.
    case ownFilterUnread = "own_filter_unread"
    /// `msg_namelen` is over 128, which is all that the kernel reads.
    case namelenClamped = "namelen_clamped"
    /// `msg_flags` of the header holds more than MSG_EOR.
    case headerFlagsIgnored = "header_flags_ignored"
    /// The address is not of a family that the socket was made for.
    case addressFamilyMismatch = "address_family_mismatch"
    /// The address is of AF_UNSPEC, and the socket has a use for that.
    case addressUnspecified = "address_unspecified"
    /// The kernel passes over some of the control block.
    case controlIgnored = "control_ignored"
    /// The kernel refuses the control block as a whole.
    case controlRefused = "control_refused"
    /// The iovecs add up to more than the kernel takes of a message.
    case iovTruncated = "iov_truncated"
    /// The message has no bytes.
    case zeroLength = "zero_length"
    /// MSG_PROBE: what was counted was not sent.
    case probeSentNothing = "probe_sent_nothing"
    /// MSG_MORE or UDP_CORK: what was counted is not on the wire yet.
    case corkedNotYetSent = "corked_not_yet_sent"
    /// What a message passed was changed before the call returned.
    case mutatedDuringCall = "mutated_during_call"
    /// The security modules were not asked, since the message before went to the same address.
    case sameDestinationSkipsLSM = "same_destination_skips_lsm"
    /// Memory that the program's own calls may read was not read.
    case withheldMemory = "withheld_memory"
    /// A budget of the capture cut what the record shows.
    case captureBudget = "capture_budget"
  }

  package var code: Code
  /// The entry it is about; nil for the call as a whole.
  package var message: Int?
  package var text: String

  package init(code: Code, message: Int?, text: String) {
    self.code = code
    self.message = message
    self.text = text
  }
}
