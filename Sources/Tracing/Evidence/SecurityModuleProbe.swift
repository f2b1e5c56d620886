import CTracee
import Glibc
import Records

/// Which security modules are asked about messages, and may say no.
///
/// A BPF program that is attached as a module is not seen.
struct SecurityModuleProbe {
  /// Names of those that are active; nil where that cannot be asked.
  private let active: [String]?
  /// Nil where it cannot be asked.
  let hasLandlock: Bool?

  init() {
    let all = SecurityModuleList.active
    active = all?.filter(Self.sending.contains)
    hasLandlock = all?.contains("landlock")
  }

  /// Those that may refuse what a thread sends.
  func modules(confining tid: Int32) -> SecurityModules {
    guard let active else { return .unknown }
    let names = active.filter { $0 != "apparmor" || Self.isConfined(tid) }
    return names.isEmpty ? .none : .active(names.joined(separator: ", "))
  }

  /// AppArmor leaves most programs alone.
  private static func isConfined(_ tid: Int32) -> Bool {
    let text =
      ProcFile.text("/proc/\(tid)/attr/apparmor/current")
      ?? ProcFile.text("/proc/\(tid)/attr/current")
    return text.map { !$0.hasPrefix("unconfined") } ?? true
  }

  /// Those with a say about messages.
  private static let sending: Set<String> = ["selinux", "smack", "tomoyo", "apparmor"]
}
