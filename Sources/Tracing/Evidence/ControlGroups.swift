import CTracee
import Decoding
import Glibc

/// Where the one hierarchy of control groups is mounted (cgroups(7), version 2).
struct ControlGroups {
  /// Nil where it is not mounted as a whole, or cannot be seen.
  let mountPoint: String?

  /// As we see it.
  init() {
    self.init(mounts: ProcFile.text("/proc/self/mountinfo") ?? "")
  }

  /// `mounts` is what proc_pid_mountinfo(5) describes.
  init(mounts: String) {
    mountPoint = Self.mountPoint(in: mounts, "cgroup2")
  }

  /// Where a hierarchy is mounted as a whole: of version 1 that with a controller.
  static func mountPoint(in mounts: String, _ type: String, with controller: String? = nil)
    -> String?
  {
    var found: String?
    // 36 35 98:0 ROOT MOUNT-POINT OPTIONS [FIELD ...] - TYPE SOURCE OPTIONS
    for line in mounts.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard let separator = fields.firstIndex(of: "-"), separator >= 6,
        fields.index(after: separator) < fields.endIndex, fields[separator + 1] == type,
        fields[3] == "/",
        controller.map({ fields.last?.split(separator: ",").contains(Substring($0)) ?? false })
          ?? true
      else { continue }
      // Of those at one place the last one is seen.
      found = unescaped(fields[4])
    }
    return found
  }

  /// Whether BPF programs look at messages with an address: of the cgroup that a socket was made
  /// in, and not of that which its user is in. Nil where we may not ask, and of AF_UNIX, whose
  /// sockets do not say which that is.
  func hasSendFilter(ofSocket socket: SocketSnapshot) -> Bool? {
    guard let mountPoint, let number = SocketDump.cgroup(socket) else { return nil }
    let hierarchy = Descriptor(unsafe open(mountPoint, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    let group = Descriptor(tracee_open_cgroup(hierarchy.number, number))
    guard group.number >= 0 else { return nil }
    let counts = [TRACEE_SENDS_OF_UDP4, TRACEE_SENDS_OF_UDP6].map {
      tracee_send_filters(group.number, $0)
    }
    if counts.contains(where: { $0 > 0 }) { return true }
    return counts.contains { $0 < 0 } ? nil : false
  }

  /// Space, tab, newline and backslash stand there as three octal digits.
  private static func unescaped(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      let digits = rest.prefix(3)
      guard byte == UInt8(ascii: "\\"), digits.count == 3,
        let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
      else {
        bytes.append(byte)
        continue
      }
      bytes.append(code)
      rest = rest.dropFirst(3)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
