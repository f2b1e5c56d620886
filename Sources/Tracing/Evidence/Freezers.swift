import Glibc

/// Whether control groups keep a thread from running: cgroup.freeze of version 2, and the freezer
/// of version 1 (cgroups(7)). It ends a wait without a signal (`cgroup_freeze_task`,
/// `freeze_task`).
struct Freezers {
  /// Where the hierarchies with a freezer are mounted as a whole.
  private let unified: String?
  private let freezer: String?

  /// As we see them.
  init() {
    self.init(mounts: ProcFile.text("/proc/self/mountinfo") ?? "")
  }

  /// `mounts` is what proc_pid_mountinfo(5) describes.
  init(mounts: String) {
    unified = ControlGroups(mounts: mounts).mountPoint
    freezer = ControlGroups.mountPoint(in: mounts, "cgroup", with: "freezer")
  }

  /// True where a control group of the thread, or one that it is in, is frozen or about to be.
  func hold(_ tid: Int32) -> Bool {
    guard unified != nil || freezer != nil, let text = ProcFile.text("/proc/\(tid)/cgroup")
    else { return false }
    // NUMBER:CONTROLLERS:PATH
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3, fields[2].hasPrefix("/"), !fields[2].hasPrefix("/..") else {
        continue
      }
      if fields[1].isEmpty, let unified, Self.isFrozen(fields[2], below: unified) { return true }
      if fields[1].split(separator: ",").contains("freezer"), let freezer,
        // It tells of those above as well.
        let state = ProcFile.text(freezer + fields[2] + "/freezer.state"),
        state.hasPrefix("FREEZING") || state.hasPrefix("FROZEN")
      {
        return true
      }
    }
    return false
  }

  /// Whether a group is, or one of those that it is in; the root never is.
  private static func isFrozen(_ group: Substring, below root: String) -> Bool {
    var path = group
    while path.count > 1 {
      if ProcFile.number(root + path + "/cgroup.freeze") == 1 { return true }
      path = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
    }
    return false
  }
}
