/// What was found at the exit stop of a call that did not send all its messages: everything that
/// can be asked without changing anything for the program (kernel.md §3.0).
///
/// It is about the state behind the message that failed, a moment after it failed. What could not
/// be asked is nil, and proves nothing.
package struct Evidence: Hashable, Sendable {
  /// The message that it is about.
  package var message: Int
  /// The kernel that the program runs on; nil where its release cannot be understood.
  package var kernel: KernelRelease?
  /// Whether the message's header, address, iovecs and control block were the same at the exit as
  /// at the entry.
  package var messageIsUnchanged: Bool?
  /// Whether the first bytes of the payload were the same, where the protocol looks at them: type
  /// and code of ICMP.
  package var payloadStartIsUnchanged: Bool?
  /// Whether the kernel can write the message's `msg_len`.
  package var sentLengthIsWritable: Bool?
  /// What became of an attempt to read the message's payload.
  package var payload: PayloadAccess?
  /// Signals that waited for the thread and were not blocked, as bits: 1 << (signal - 1).
  package var pendingSignals: UInt64 = 0
  /// True where a SIGPIPE waits that this call has raised; nil where it may have been an earlier one.
  package var hasOwnBrokenPipe: Bool? = false
  package var credentials: Credentials?
  /// The descriptors named in the message's SCM_RIGHTS that are not open.
  package var closedDescriptors: [Int32]?
  /// Those of them that are io_uring instances.
  package var ringDescriptors: [Int32]?
  /// The processes named in the message's SCM_CREDENTIALS that do not exist; nil where the thread
  /// numbers others than we do.
  package var missingProcesses: [Int32]?
  package var securityModules = SecurityModules.unknown
  /// Whether programs can confine themselves with Landlock (landlock(7)); nil where that cannot be
  /// asked. Whether one has is told nowhere.
  package var hasLandlock: Bool?
  package var socket: SocketState?
  /// Whether another thread or process has the socket as well, and may have changed it while the call
  /// was on its way, and back again; nil where that is not known.
  package var socketIsShared: Bool?
  package var destination: DestinationState?
  /// Whether a UDP socket of this host takes what the message before it was sent to, where that is
  /// another place of this host.
  package var earlierHasListener: Bool?
  /// What IP_PKTINFO or IPV6_PKTINFO names.
  package var source: SourceState?
  /// Whether a BPF program of the cgroup looks at what is sent; nil where that is not known.
  package var hasSendFilter: Bool?
  package var limits = SystemLimits()

  package init(message: Int) { self.message = message }
}

/// Whether the bytes of a message can be read.
package enum PayloadAccess: Hashable, Sendable {
  case readable
  /// Not from this address on; so many bytes lie before it.
  case fault(at: RemoteAddress, after: UInt64)
}

/// `6.18.44`, as far as it is a number.
package struct KernelRelease: Hashable, Sendable, Comparable, CustomStringConvertible {
  package var major: Int
  package var minor: Int
  package var patch: Int

  package init(_ major: Int, _ minor: Int, _ patch: Int = 0) {
    self.major = major
    self.minor = minor
    self.patch = patch
  }

  /// Reads uname(2)'s release; nil where it does not begin with two numbers.
  package init?(_ text: String) {
    var numbers: [Int] = []
    for part in text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false) {
      guard let number = Int(part.prefix { $0.isASCII && $0.isNumber }) else { break }
      numbers.append(number)
    }
    guard numbers.count >= 2 else { return nil }
    self.init(numbers[0], numbers[1], numbers.count > 2 ? numbers[2] : 0)
  }

  /// `6.18`, or `6.18.44`.
  package var description: String { "\(major).\(minor)" + (patch > 0 ? ".\(patch)" : "") }

  package static func < (left: Self, right: Self) -> Bool {
    (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
  }
}

/// What the thread may do (proc_pid_status(5)).
package struct Credentials: Hashable, Sendable {
  /// Real, effective and saved, as numbers of our user namespace.
  package var userIDs: [UInt32]
  package var groupIDs: [UInt32]
  /// As the process sees itself.
  package var processID: Int32
  /// Effective capabilities, as bits.
  package var capabilities: UInt64
  /// The soft limit of open descriptors (RLIMIT_NOFILE).
  package var descriptorLimit: UInt64?
  /// Whether the capabilities count for the network namespace of the socket, and for the machine:
  /// those of a user namespace count for what it owns (user_namespaces(7)).
  package var countForNetwork: Bool?
  package var countForMachine: Bool?
  /// True where its user has made the user namespace that owns the socket's network namespace, from
  /// the one above: it has all capabilities there, whatever it holds.
  package var ownsNetwork = false
  /// Whether users have the numbers for the thread that they have for us.
  package var hasOurUsers: Bool?
  /// The numbers of users and groups that its user namespace has, where it speaks of some.
  package var userMap: NumberMap?
  package var groupMap: NumberMap?

  package init(
    userIDs: [UInt32], groupIDs: [UInt32], processID: Int32, capabilities: UInt64,
    descriptorLimit: UInt64?
  ) {
    self.userIDs = userIDs
    self.groupIDs = groupIDs
    self.processID = processID
    self.capabilities = capabilities
    self.descriptorLimit = descriptorLimit
  }
}

/// Whether a security module may have refused a message (kernel.md §1, `security_socket_sendmsg`).
package enum SecurityModules: Hashable, Sendable {
  case unknown
  /// None that is asked about messages is active, or the thread is not confined by it.
  case none
  /// These are active, and may say no.
  case active(String)
}

/// Limits of the program's network namespace.
package struct SystemLimits: Hashable, Sendable {
  /// net.core.optmem_max, bytes.
  package var optionMemory: UInt64?
  /// net.unix.max_dgram_qlen, messages.
  package var datagramQueue: UInt64?

  package init() {}
}
