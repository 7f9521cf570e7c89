package alerts

import (
	"strconv"
	"strings"
)

// The limits of memory. Any input takes at most 64 MiB above an idle process: see TestPeak.
// The values and texts of one record are the largest part of it.
const (
	maxRecord  = 12 << 20 // bytes of text of one record
	maxNodes   = 400_000  // values of one record
	maxRules   = 20_000   // rules of one SARIF run that are kept for its results
	maxPrints  = 64       // fingerprints of one finding, including their names
	maxArgs    = 100      // arguments of one message
	maxSecrets = 64       // different secrets in one record
)

// grownText returns a text with capacity for n more bytes. It doubles up to 1 MiB. Beyond
// that, it gets the capacity of a whole record at once, so that no old copies wait for the
// garbage collector.
func grownText(b []byte, n int) []byte {
	const whole = maxRecord + 4*maxString
	need := len(b) + n
	switch {
	case need <= cap(b):
		return b
	case need <= 1<<20:
		return append(make([]byte, 0, max(2*cap(b), need, 16<<10)), b...)
	}
	return append(make([]byte, 0, max(whole, need)), b...)
}

// grownNodes returns the values with capacity for one more.
func grownNodes(b []node) []node {
	const some = 32 << 10
	switch {
	case len(b) < cap(b):
		return b
	case len(b) < some:
		return append(make([]node, 0, max(2*cap(b), 256)), b...)
	}
	return append(make([]node, 0, maxNodes+1), b...)
}

// expand replaces the placeholders of a SARIF template, such as "{0}", by arguments.
// Placeholders in arguments are not replaced. Doubled braces are literal braces. The result
// has at most limit bytes.
func expand(template string, limit int, argument func(n int) (string, bool)) string {
	var b strings.Builder
	for template != "" && b.Len() < limit {
		i := strings.IndexAny(template, "{}")
		if i < 0 {
			b.WriteString(template)
			break
		}
		b.WriteString(template[:i])
		template = template[i:]
		if len(template) > 1 && template[1] == template[0] {
			b.WriteByte(template[0])
			template = template[2:]
			continue
		}
		end := strings.IndexByte(template, '}')
		n, err := strconv.Atoi(template[1:max(end, 1)])
		if template[0] == '{' && end > 1 && err == nil && n >= 0 && n < maxArgs {
			if s, ok := argument(n); ok {
				b.WriteString(s[:min(len(s), limit)])
				template = template[end+1:]
				continue
			}
		}
		b.WriteByte(template[0])
		template = template[1:]
	}
	s := b.String()
	return s[:min(len(s), limit)]
}

// distinct returns the secrets of a record without duplicates. It reports false if there
// are too many to search for in its texts.
func distinct(secrets []string) (out []string, ok bool) {
	if len(secrets) <= 4 {
		return secrets, true
	}
	seen := map[string]struct{}{}
	for _, s := range secrets {
		if _, known := seen[s]; known {
			continue
		}
		if len(out) >= maxSecrets {
			return nil, false
		}
		seen[s] = struct{}{}
		out = append(out, s)
	}
	return out, true
}

// manySecrets replaces a text of a record that has too many secrets to make sure that none
// is left in it.
const manySecrets = "<text of a record with many secrets, not kept>"

// cut returns the beginning of a text without keeping the rest in memory.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.Clone(s[:limit])
}
