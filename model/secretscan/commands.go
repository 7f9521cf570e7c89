package secretscan

import (
	"strings"
)

// flags are command line options that are followed by a password or a login.
var flags = []struct {
	before string // words that must precede it in the line, or ""
	flag   string
	login  bool // USER:PASSWORD
	joined bool // the value follows without a space
}{
	{
		"curl",
		"-u",
		true,
		false,
	}, {"curl", "--user", true, false}, {"curl", "--proxy-user", true, false}, {"wget", "--password", false, false},
	{
		"sshpass",
		"-p",
		false,
		false,
	}, {"sshpass", "-p", false, true}, {"mysql", "-p", false, true}, {"mariadb", "-p",
		false, true}, {"mysqldump", "-p", false, true},
	{
		"mysqladmin",
		"-p",
		false,
		true,
	}, {"redis-cli", "-a", false, false}, {"docker login", "-p", false, false}, {"mongo", "-p",
		false, false}, {"ldapsearch", "-w", false, false},
	{
		"ldapmodify",
		"-w",
		false,
		false,
	}, {"", "--password", false, false}, {"", "--passwd", false, false}, {"", "-passin pass",
		false, false}, {"htpasswd", "-b", false, false},
	{"smbclient", "-u", true, false}, {"xfreerdp", "/p", false, false}, {"az login", "-p", false, false},
}

// commands finds logins and passwords in command lines.
func (f *finder) commands(low string) {
	dockerEnv(f, low)
	if strings.IndexByte(low, '-') < 0 && !strings.Contains(low, " login ") && !strings.Contains(low, "/p:") {
		return
	}
	for _, g := range flags {
		at := 0
		if g.before != "" {
			if at = strings.Index(low, g.before); at < 0 {
				continue
			}
		}
		f.flag(low, at, g.flag, g.login, g.joined)
	}
	namedFlags(f, low)
	joinedFlags(f, low)
	f.netrc(low)
}

// joinedFlags finds logins after flags of curl that are written together: -su USER:PASSWORD.
func joinedFlags(f *finder, low string) {
	at := strings.Index(low, "curl ")
	if at < 0 {
		return
	}
	for from := at; ; {
		k := strings.Index(low[from:], " -")
		if k < 0 {
			return
		}
		i := from + k + 2
		to := f.span(i, of("AZaz"), 8)
		if from = to; to-i > 1 && f.s[to-1] == 'u' && to < len(f.s) && f.s[to] == ' ' {
			f.flag(low, i-2, f.s[i-1:to], true, false)
		}
	}
}

func (f *finder) flag(low string, from int, flag string, login, joined bool) {
	k := strings.Index(low[from:], " "+flag)
	if k < 0 {
		return
	}
	i := from + k + 1 + len(flag)
	if i >= len(f.s) || joined == (f.s[i] == ' ' || f.s[i] == '=' || f.s[i] == ':') {
		return
	}
	if joined && f.s[i] == '-' {
		return
	}
	if !joined {
		for i < len(f.s) && (f.s[i] == ' ' || f.s[i] == '=' || f.s[i] == ':') {
			i++
		}
	}
	to, q := f.value(i)
	i += q
	v := f.s[i:max(i, to)]
	if login {
		user, pass, ok := strings.Cut(v, ":")
		if sep := strings.IndexByte(v, '%'); !ok && sep > 0 {
			user, pass, ok = v[:sep], v[sep+1:], true
		}
		if !ok {
			return
		}
		i += len(user) + 1
		v = pass
	}
	if len(v) < 3 || placeholder(v) || q == 0 && inList(v, afterFlags) || strings.HasPrefix(v, "-") ||
		isPath(v) && !login || joined && (len(v) < 4 || strings.Trim(v, "0123456789") == "") {
		return
	}
	f.add(i, i+len(v), "password", true)
}

// namedFlags finds what follows a flag that has the name of a secret: --db-password VALUE.
func namedFlags(f *finder, low string) {
	for from := 0; ; {
		k := strings.Index(low[from:], " -")
		if k < 0 {
			return
		}
		i := from + k + len(" -")
		for i < len(low) && low[i] == '-' {
			i++
		}
		to := f.span(i, wordy, 64)
		from = to
		name := low[i:to]
		strong, weak := secretName(name)
		if name == "pass" || name == "pw" {
			weak = true
		}
		if !strong && !weak || to >= len(low) || low[to] != ' ' || strings.HasPrefix(name, "no-") {
			continue
		}
		end, q := f.value(to + 1)
		begin := to + 1 + q
		if begin >= end || f.s[begin] == '-' || q == 0 && inList(f.s[begin:end], afterFlags) {
			continue
		}
		addNamed(f, begin, end, strong, weak)
	}
}

// afterFlags are words that follow the name of a flag in a sentence.
var afterFlags = strings.Fields("and or is was in on for to with without the as at if but when from then only option " +
	"flag argument instead because that which has should must can")

// netrc finds "login NAME password VALUE".
func (f *finder) netrc(low string) {
	for from := 0; ; {
		k := strings.Index(low[from:], "login ")
		if k < 0 {
			return
		}
		from += k + 6
		p := strings.Index(low[from:], " password ")
		if p < 0 || p > 80 || strings.Count(strings.TrimSpace(low[from:from+p]), " ") > 0 {
			continue
		}
		i := from + p + len(" password ")
		if to, q := f.value(i); to-i-q >= 4 && !placeholder(f.s[i+q:to]) {
			f.add(i+q, to, "password", true)
		}
	}
}

// dockerEnv finds what the old form of a Dockerfile's instruction assigns without a "=": ENV
// DB_PASSWORD VALUE. The instruction begins its line, or follows what a diff or the history of
// an image has before it; its name is in capital letters, unless the instruction is.
func dockerEnv(f *finder, low string) {
	for from := 0; ; {
		k := strings.Index(low[from:], "env")
		if k < 0 {
			return
		}
		i := from + k
		from = i + len("env")
		begin := f.span(from, blanksInLine, maxGap)
		end := f.span(begin, wordy, 64)
		value := f.span(end, blanksInLine, maxGap)
		if begin == from || value == end || !isInstruction(low[max(0, i-64):i]) ||
			f.s[i:from] != "ENV" && f.s[begin:end] != strings.ToUpper(f.s[begin:end]) {
			continue
		}
		strong, weak := secretName(low[begin:end])
		to, q := f.value(value)
		if first := value + q; (strong || weak) && first < to && strings.IndexByte("=:", f.s[first]) < 0 &&
			!(q == 0 && inList(f.s[first:to], afterFlags)) {
			addNamed(f, first, to, strong, weak)
		}
	}
}

// blanksInLine has the bytes of white space in a line.
var blanksInLine = of("  \t\t")

// isInstruction reports whether an instruction of a Dockerfile may follow a text.
func isInstruction(before string) bool {
	line := strings.TrimRight(before[strings.LastIndexByte(before, '\n')+1:], " \t+->|`\"'")
	return strings.TrimRight(line, "0123456789:") == "" || strings.HasSuffix(line, "#(nop)") ||
		strings.HasSuffix(line, "onbuild")
}
