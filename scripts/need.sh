# What the launchers need of the machine. Sourced by ./rushes and ./test.

# The .NET 10 SDK, or one clear line.
need_sdk() {
  if ! command -v dotnet >/dev/null || ! dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; then
    echo "Rushes needs the .NET 10 SDK (https://dotnet.microsoft.com/download/dotnet/10.0), which was not found." >&2
    exit 1
  fi
}

# Debian packages by name; says what it does before it does it.
need_packages() {
  local missing=()
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0

  local get=(apt-get)
  if ! command -v apt-get >/dev/null; then
    echo "Rushes needs ${missing[*]}, and there is no apt-get here: install them yourself." >&2
    exit 1
  elif [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
      get=(sudo apt-get)
    else
      echo "Rushes needs ${missing[*]}. Run as root: apt-get install -y ${missing[*]}" >&2
      exit 1
    fi
  fi
  echo "Installing ${missing[*]} with apt ..." >&2
  export DEBIAN_FRONTEND=noninteractive
  "${get[@]}" update -qq >/dev/null && "${get[@]}" install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || {
    echo "apt could not install ${missing[*]}." >&2
    exit 1
  }
}
