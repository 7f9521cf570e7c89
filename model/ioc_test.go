package model_test

import (
	"testing"

	"warroom/model"
)

// TestIndicatorsAreDefanged: a value may be typed in any form; it is stored in its
// plain form and displayed in one that no program turns into a link.
func TestIndicatorsAreDefanged(t *testing.T) {
	k := scoped(t)
	for _, c := range []struct{ typed, value, shown string }{
		{"ip 203.0.113.9", "203.0.113.9", "203[.]0[.]113[.]9"},
		{"ip 203[.]0[.]113[.]10", "203.0.113.10", "203[.]0[.]113[.]10"},
		{"ip 2001:db8:0::7", "2001:db8::7", "2001[:]db8[:][:]7"},
		{"ip 203.0.113.77/24", "203.0.113.0/24", "203[.]0[.]113[.]0/24"},
		{"domain Evil[.]Example.", "evil.example", "evil[.]example"},
		{typed: "url hxxps://evil[.]example/a?b=http://c.d", value: "https://evil.example/a?b=http://c.d",
			shown: "hxxps://evil[.]example/a?b=http[://]c.d"},
		{"url ftp://evil.example:21", "ftp://evil.example:21", "ftp[://]evil[.]example:21"},
		{typed: "hash D41D8CD98F00B204E9800998ECF8427E", value: "d41d8cd98f00b204e9800998ecf8427e",
			shown: "d41d8cd98f00b204e9800998ecf8427e"},
		{"mail boss@evil.example", "boss@evil.example", "boss[@]evil[.]example"},
		{"account svc-deploy", "svc-deploy", "svc-deploy"},
	} {
		k.mustType("bo", ":ioc "+c.typed+" @14:10 seen in the log")
		i := k.room.IndicatorN(len(k.room.Indicators))
		if i.Value != c.value || i.Shown().String() != c.shown {
			t.Errorf("%s: got %q shown %q, want %q shown %q", c.typed, i.Value, i.Shown(), c.value, c.shown)
		}
		if got, want := i.Seen.Format("15:04"), "14:10"; got != want {
			t.Errorf("%s: first seen: got %s, want %s", c.typed, got, want)
		}
	}
	if got, want := k.room.Line(4).Text.String(), "1  ip 203[.]0[.]113[.]9: seen in the log"; got != want {
		t.Errorf("line: got %q, want %q", got, want)
	}
}

func TestIndicatorsThatAreRefused(t *testing.T) {
	k := scoped(t)
	k.mustType("bo", ":ioc domain evil.example")
	for line, want := range map[string]string{
		":ioc": `give the type and the value: :ioc ip|domain|url|hash|mail|account VALUE ` +
			`[@TIME] [REASON]`,
		":ioc file x": `there is no type of indicator "file"; the types are ip, domain, url, hash, mail, account`,
		":ioc ip 203.0.113": `"203.0.113" is not an IP address: write it as 203.0.113.9, 2001:db8::7 or ` +
			`203.0.113.0/24`,
		":ioc ip fe80::1%eth0": `"fe80::1%eth0" is not an IP address: write it as 203.0.113.9, 2001:db8::7 ` +
			`or 203.0.113.0/24`,
		":ioc domain evil":        `"evil" is not a domain: write it as evil.example, in ASCII (xn--...)`,
		":ioc domain 10.0.0.1":    `"10.0.0.1" is not a domain: write it as evil.example, in ASCII (xn--...)`,
		":ioc url evil.example/a": `"evil.example/a" is not a web address: write it as https://evil.example/path`,
		":ioc hash abc123": `"abc123" is not a hash: write an MD5, SHA-1, SHA-256 or SHA-512 in ` +
			`hexadecimal, 32, 40, 64 or 128 digits`,
		":ioc mail evil.example":     `"evil.example" is not a mail address: write it as name@evil.example`,
		":ioc domain EVIL[.]example": `domain evil[.]example is already indicator 1, added by bo`,
		":ioc block 2":               `there is no indicator 2; this room has only indicator 1`,
		":ioc block evil.example":    `give the number of the indicator, as the screen shows it, not "evil.example"`,
	} {
		k.refused("bo", line, want)
	}
	b := &model.IOCAdded{Type: "ip", Value: "203.0.113.009", Key: "aaaaaaaaaaaaaaaaaaaa"}
	if l := k.do("ana", model.Act{Body: b}); l.Refused.IsEmpty() {
		t.Errorf("a crafted value: got no refusal, want one")
	}
}

func TestIndicatorsAreBlockedOnce(t *testing.T) {
	k := scoped(t)
	k.mustType("bo", ":ioc ip 203.0.113.9 @14:10")
	k.mustType("ana", ":ioc block 1 @14:20 at the WAF")
	k.refused("bo", ":ioc block 1", "indicator 1 (ip 203[.]0[.]113[.]9) is already blocked, by ana at 2026-11-21 "+
		"14:20:00 UTC; to correct the time: :time 5 @TIME REASON")
	k.mustType("ana", ":time 5 @14:25 the rule was slow", ":time 4 @14:01 in the log")
	i := k.room.IndicatorN(1)
	if got, want := i.Facts(model.FormatTime).String(),
		"blocked 2026-11-21 14:25:00 UTC by ana: at the WAF; first seen 2026-11-21 14:01:00 UTC, by bo"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := k.room.BlockedLine().String(), "1 of 1 blocked"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
