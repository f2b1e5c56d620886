import CTracee
import Decoding
import Glibc
import Records

// What is asked of a socket, and of the program's descriptors, for what the bytes of a call speak
// of. Nothing is remembered from call to call: each of these can be changed between two calls, by
// setsockopt(2) or dup2(2), and costs a few tenths of a microsecond while the kernel sends.
extension CallDetails {
  /// Asks a duplicate of the socket.
  mutating func ask(
    _ fd: Int32, _ socket: SocketSnapshot, _ questions: CallQuestions, entry: UInt64
  ) {
    askDatagrams(fd, socket)
    if questions.speakOfTime { transmitClock = clock(fd, entry: entry) }
    for interface in questions.interfaces {
      if let name = interfaceName(fd, interface) { interfaces.add(interface, name) }
    }
  }

  /// Asks a duplicate of the socket how UDP cuts and joins what is sent on it.
  mutating func askDatagrams(_ fd: Int32, _ socket: SocketSnapshot) {
    guard socket.isUDP else { return }
    segmentSize = SocketOption.int(fd, SocketLevel.udp, UDPOption.segment).map {
      UInt16(truncatingIfNeeded: $0)
    }
    isCorked = SocketOption.flag(fd, SocketLevel.udp, UDPOption.cork) ?? false
  }

  /// Asks /proc what the descriptors are to the thread, and whose users it speaks of.
  mutating func ask(_ tid: Int32, _ questions: CallQuestions) {
    for descriptor in questions.descriptors {
      if let file = ProcFile.link("/proc/\(tid)/fd/\(descriptor)") {
        files.add(descriptor, Array(file.utf8))
      }
    }
    if questions.speakOfUsers {
      let ours = ProcFile.link("/proc/self/ns/user")
      sharesUsers = ours != nil && ProcFile.link("/proc/\(tid)/ns/user") == ours
    }
  }

  /// The clock and what it showed when the call was entered, at `entry` of CLOCK_MONOTONIC.
  ///
  ///     struct sock_txtime   clockid 0:4, flags 4:4
  private func clock(_ fd: Int32, entry: UInt64) -> TransmitClock? {
    var setting: (clock: Int32, flags: UInt32) = (0, 0)
    guard unsafe SocketOption.read(fd, SOL_SOCKET, SO_TXTIME, into: &setting) != nil else {
      return nil
    }
    var time = timespec()
    guard unsafe clock_gettime(clockid_t(setting.clock), &time) == 0 else { return nil }
    let now = UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    return TransmitClock(number: setting.clock, now: now &- (Clock.monotonic() &- entry))
  }

  /// The name in the network namespace of the socket, whichever ours is.
  private func interfaceName(_ fd: Int32, _ index: UInt32) -> [UInt8]? {
    var name = InlineArray<16, UInt8>(repeating: 0)
    let result = unsafe withUnsafeMutableBytes(of: &name) { bytes in
      unsafe tracee_interface_name(
        fd, Int32(bitPattern: index),
        bytes.assumingMemoryBound(to: CChar.self).baseAddress.unsafelyUnwrapped)
    }
    guard result == 0 else { return nil }
    return (0..<16).map { name[$0] }.prefix { $0 != 0 }.map { $0 }
  }
}

extension SocketSnapshot {
  fileprivate var isUDP: Bool {
    SocketDescription.isUDP(
      AddressFamily(rawValue: family), SocketType(rawValue: type), protocolNumber: protocolNumber)
  }
}
