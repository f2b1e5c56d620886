import CTracee
import Glibc

/// The security modules that are active in the kernel, by their names.
enum SecurityModuleList {
  /// Nil where it cannot be asked.
  static var active: [String]? { listed ?? mounted }

  /// Those besides Yama that can forbid one process to trace another, where a check of users and
  /// capabilities would allow it; nil where that is not known.
  static var refusingTracers: [String]? {
    active?.filter { name in
      // The BPF module refuses nothing by itself.
      guard name == "bpf" else { return tracing.contains(name) }
      var programs = BPFPrograms()
      return programs.mayInclude(BPFPrograms.securityModule) != false
    }
  }

  private static let tracing: Set<String> = ["selinux", "smack", "apparmor", "landlock"]

  /// As lsm_list_modules(2) says (include/uapi/linux/lsm.h).
  private static var listed: [String]? {
    var ids: InlineArray<32, UInt64> = InlineArray(repeating: 0)
    let count = unsafe withUnsafeMutableBytes(of: &ids) { bytes in
      unsafe bytes.withMemoryRebound(to: UInt64.self) { ids in
        unsafe ids.baseAddress.map { unsafe tracee_security_modules($0, 32) } ?? -ENOSYS
      }
    }
    guard count >= 0 else { return nil }
    return (0..<Int(count)).compactMap { names[ids[$0]] }
  }

  private static let names: [UInt64: String] = [
    101: "selinux", 102: "smack", 103: "tomoyo", 104: "apparmor", 109: "bpf", 110: "landlock",
  ]

  /// As securityfs says where it is mounted.
  private static var mounted: [String]? {
    guard let text = ProcFile.text("/sys/kernel/security/lsm") else { return nil }
    return text.split { $0 == "," || $0 == "\n" }.map(String.init)
      .filter(names.values.contains)
  }
}
