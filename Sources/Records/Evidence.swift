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
  /// True where another thread of the process may have taken a signal that had woken the thread.
  package var signalMayBeTaken = false
  /// True where signals come to the process: one was seen, or it has made another, whose end is
  /// told by one.
  package var getsSignals = false
  /// True where the process may have an io_uring: what it has left to that may have ended a wait of
  /// the thread, and been done by it before the call returned.
  package var mayHaveRing = false
  /// True where a control group of the thread was frozen, which had ended a wait of it.
  package var isFrozen = false
  /// True where a SIGPIPE waits that this call has raised; nil where it may have been an earlier
  /// one.
  package var hasOwnBrokenPipe: Bool? = false
  package var credentials: Credentials?
  /// The descriptors named in the message's SCM_RIGHTS that are not open.
  package var closedDescriptors: [Int32]?
  /// Those of them that are io_uring instances.
  package var ringDescriptors: [Int32]?
  /// The processes named in the message's SCM_CREDENTIALS that do not exist; nil where that cannot
  /// be asked, as of a PID namespace before Linux 6.11.
  package var missingProcesses: [Int32]?
  package var securityModules = SecurityModules.unknown
  /// Whether programs can confine themselves with Landlock (landlock(7)); nil where that cannot be
  /// asked. Whether one has is told nowhere.
  package var hasLandlock: Bool?
  package var socket: SocketState?
  /// Whether another thread or process has the socket as well, and may have changed it while the
  /// call was on its way, and back again; nil where that is not known.
  package var socketIsShared: Bool?
  /// One of those that is not traced, by its process; nil where none is known.
  package var outsideHolder: Int32?
  package var destination: DestinationState?
  /// Whether the ways of the socket's network were all through the call what they are, and no
  /// socket has a policy of IPsec of its own; nil where that is not known.
  package var waysAreSteady: Bool?
  /// True where the kernel told of a change of them while the call ran.
  package var waysHaveChanged = false
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
