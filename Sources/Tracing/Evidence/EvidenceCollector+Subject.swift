import Decoding
import Glibc
import Records

extension EvidenceCollector {
  /// A message that failed, as far as what is asked about it depends on what it is.
  struct Subject {
    let index: Int
    let thread: TracedThread
    let socket: SocketSnapshot?
    let flags: SendFlags
    let address: [UInt8]?
    /// Of the message before it; nil where there is none, or it went to the same.
    let earlierAddress: [UInt8]??
    let control: [ControlMessage]
    let hasControl: Bool
    /// True where the message before it went the same way, without control messages.
    let followsItsLike: Bool
    /// Of its payload, as far as its iovecs could be read.
    let bytes: UInt64

    init(_ snapshot: borrowing CallSnapshot, _ index: Int, _ thread: TracedThread) {
      self.index = index
      self.thread = thread
      socket = snapshot.socket
      flags = snapshot.arguments?.flags ?? []
      address = snapshot.addressBytes(ofMessage: index)
      let earlier = index > 0 ? snapshot.addressBytes(ofMessage: index - 1) : address
      earlierAddress = earlier == address ? nil : .some(earlier)
      control = snapshot.controlMessages(ofMessage: index)
      hasControl = snapshot.hasControl(ofMessage: index)
      followsItsLike =
        index > 0 && earlier == address && !hasControl
        && !snapshot.hasControl(ofMessage: index - 1)
        && snapshot.hasName(ofMessage: index) == (address != nil)
        && snapshot.hasName(ofMessage: index - 1) == (earlier != nil)
      bytes =
        snapshot.ranges(ofMessage: index)?.payload.reduce(0) {
          min($0 &+ $1.length, IOVector.maximumTotal)
        } ?? 0
    }

    func isOf(_ families: Int32...) -> Bool {
      socket.map { families.contains(Int32($0.family)) } ?? false
    }

    /// True where the kernel fails with EAGAIN rather than wait.
    var isNeverWaiting: Bool { socket?.nonblocking == true || flags.contains(.dontWait) }

    /// True where signals or rights may have to do with it: a wait, a connection, descriptors.
    var concernsThread: Bool {
      guard let socket, !hasControl, isOf(AF_INET, AF_INET6, AF_UNIX) else { return true }
      return socket.type != Int32(SOCK_DGRAM.rawValue) || !isNeverWaiting
    }

    /// UDP or UDP-Lite.
    var isOfUDP: Bool {
      guard let socket, isOf(AF_INET, AF_INET6) else { return false }
      return socket.type == Int32(SOCK_DGRAM.rawValue)
        && (socket.protocolNumber == 17 || socket.protocolNumber == 136)
    }

    /// True for what `udp_sendmsg` refuses before it looks at anything else.
    var isTooLongForUDP: Bool { isOfUDP && isOf(AF_INET) && bytes > 65535 }

    /// Of all SCM_CREDENTIALS.
    var namedProcesses: [Int32] {
      control.filter { $0.level == SOL_SOCKET && $0.type == 2 && $0.data.count >= 4 }
        .map { $0.data.int32(at: 0) }
    }

    var namesItself: Bool { control.contains { $0.level == SOL_SOCKET && $0.type == 2 } }

    var passesDescriptors: Bool { control.contains { $0.level == SOL_SOCKET && $0.type == 1 } }
  }
}
