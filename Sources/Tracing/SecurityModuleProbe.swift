import CTracee
import Glibc
import Records

/// Which security modules are asked about messages, and may say no.
///
/// A BPF program that is attached as a module is not seen.
struct SecurityModuleProbe {
  /// Names of those that are active; nil where that cannot be asked.
  private let active: [String]?

  init() { active = Self.listed ?? Self.mounted }

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

  /// As lsm_list_modules(2) says (include/uapi/linux/lsm.h).
  private static var listed: [String]? {
    var ids: InlineArray<32, UInt64> = InlineArray(repeating: 0)
    let count = unsafe withUnsafeMutableBytes(of: &ids) { bytes in
      unsafe bytes.withMemoryRebound(to: UInt64.self) { ids in
        unsafe ids.baseAddress.map { unsafe tracee_security_modules($0, 32) } ?? -ENOSYS
      }
    }
    guard count >= 0 else { return nil }
    return (0..<Int(count)).compactMap { sending[ids[$0]] }
  }

  private static let sending: [UInt64: String] = [
    101: "selinux", 102: "smack", 103: "tomoyo", 104: "apparmor",
  ]

  /// As securityfs says where it is mounted.
  private static var mounted: [String]? {
    guard let text = ProcFile.text("/sys/kernel/security/lsm") else { return nil }
    return text.split { $0 == "," || $0 == "\n" }.map(String.init)
      .filter { sending.values.contains($0) }
  }
}
