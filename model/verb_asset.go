package model

import (
	"slices"
	"strconv"
	"strings"
)

// Commands about assets.

// parseAsset parses "credential deploy key confirmed @14:05 WHY", or "2 contained
// WHY". For a known asset, it returns a change of its state.
func parseAsset(a *args) (Body, error) {
	if _, err := strconv.Atoi(strings.TrimPrefix(a.peek(), "#")); err == nil {
		return a.assetMoved(a.asset())
	}
	typ := strings.ToLower(a.word())
	if typ == "" {
		return nil, choose("type of the asset", AssetTypes)
	}
	if !slices.Contains(AssetTypes, typ) {
		return nil, Refuse(NotFound, "there is no type of asset %s; the types are %s", quoted(typ),
			strings.Join(AssetTypes, ", "))
	}
	a.as("type", CleanLine(typ))
	w := a.words()
	at := slices.IndexFunc(w, func(w string) bool { return slices.Contains(AssetStates, strings.ToLower(w)) })
	switch {
	case len(w) == 0 || at == 0:
		return nil, Refuse(Invalid,
			"name the %s: :asset %s NAME suspected|confirmed|contained|cleared [@TIME] [REASON]", typ, typ)
	case at < 0:
		return nil, Refuse(Invalid,
			"give the state of %s: :asset %s NAME suspected|confirmed|contained|cleared [@TIME] [REASON]",
			quoted(strings.Join(w, " ")), typ)
	}
	name := strings.Join(w[:at], " ")
	a.remaining = strings.Join(w[at:], " ")
	a.as("name", CleanLine(name))
	if known := a.Room.assetNamed(typ, name); known != nil {
		return a.assetMoved(known, nil)
	}
	b := &AssetAdded{Type: typ, Name: name, Key: a.Room.fingerprint("asset", typ, name),
		State: strings.ToLower(a.word())}
	a.as("state", CleanLine(b.State))
	if err := a.timed(false); err != nil {
		return nil, err
	}
	b.Reason = a.reason()
	return b, nil
}

// assetMoved consumes the new state of a known asset.
func (a *args) assetMoved(known *Asset, err error) (Body, error) {
	if err != nil {
		return nil, err
	}
	b := &AssetMoved{Asset: known.ID, N: known.N, State: strings.ToLower(a.word())}
	if !slices.Contains(AssetStates, b.State) {
		return nil, badAssetState(b.State)
	}
	a.as("state", CleanLine(b.State))
	if err := a.timed(false); err != nil {
		return nil, err
	}
	b.Reason = a.reason()
	return b, nil
}

// asset consumes the number of an asset.
func (a *args) asset() (*Asset, error) {
	n, err := a.number("asset")
	if err != nil {
		return nil, err
	}
	known := a.Room.AssetN(n)
	switch {
	case known == nil && len(a.Room.Assets) == 0:
		return nil, Refuse(NotFound,
			"there is no asset %d: this room has none yet; add one with :asset TYPE NAME suspected|confirmed", n)
	case known == nil:
		return nil, noSuch("asset", n, len(a.Room.Assets), "this room has")
	}
	a.as("which is", known.Words())
	return known, nil
}

// parseExcept parses "ITEM ASSET WHY".
func parseExcept(a *args) (Body, error) {
	id, err := a.item()
	if err != nil {
		return nil, err
	}
	known, err := a.asset()
	if err != nil {
		return nil, err
	}
	return &ItemExcepted{Item: id, Asset: known.ID, N: known.N, Reason: a.reason()}, nil
}

// assetTypes lists the types of assets, and the numbers of the known ones.
func assetTypes(c Ctx, _ []string) []option {
	out := from(AssetTypes, func(t string) (string, string) { return t, "" })
	return append(out, assetNumbers(c, nil)...)
}

func assetNumbers(c Ctx, _ []string) []option {
	var out []option
	for i := range c.Room.Assets {
		a := c.Room.Assets[i]
		out = append(out, option{word: strconv.Itoa(a.N), help: Safef("%s, %s", a.Words(), a.State())})
	}
	return out
}

// assetNames lists the known assets of a type or, after a number, the states.
func assetNames(c Ctx, words []string) []option {
	if _, err := strconv.Atoi(words[1]); err == nil {
		return assetStates(c, words)
	}
	var out []option
	for i := range c.Room.Assets {
		if a := c.Room.Assets[i]; a.Type == words[1] && !strings.Contains(a.Name, " ") {
			out = append(out, option{word: a.Name, help: Safef("%s", a.State())})
		}
	}
	return out
}

func assetStates(Ctx, []string) []option {
	return from(AssetStates, func(s string) (string, string) { return s, "" })
}

// containing lists the open items that contain a type of asset.
func containing(c Ctx, words []string) []option {
	return slices.DeleteFunc(items(c, words), func(o option) bool {
		n, err := strconv.Atoi(o.word)
		return err != nil || c.Room.Def(c.Room.ItemByN(n)).Contains == ""
	})
}

// parseImpact parses "start 2 @14:05 WHY". Without a number, it means the whole
// incident.
func parseImpact(a *args) (Body, error) {
	b := &ImpactChanged{}
	switch w := strings.ToLower(a.word()); w {
	case "start", "started":
		b.kind = KindImpactStarted
	case "end", "ended":
		b.kind = KindImpactEnded
	case "":
		return nil, Refuse(Invalid, "write start or end: %s", a.usage())
	default:
		return nil, Refuse(Invalid, "write start or end, not %s: %s", quoted(w), a.usage())
	}
	a.as("impact", Safef("%s", map[Kind]string{KindImpactStarted: "started", KindImpactEnded: "ended"}[b.kind]))
	if err := a.timeNext(); err != nil {
		return nil, err
	}
	known, err := a.assetMeant()
	if err != nil {
		return nil, err
	}
	if known != nil {
		b.Asset, b.N = known.ID, known.N
	}
	if err := a.timed(false); err != nil {
		return nil, err
	}
	b.Reason = a.reason()
	return b, nil
}

// assetMeant consumes an asset that is named by its number, its name, or the beginning of a
// name that only one asset has. It returns nil for any other word, which is then text.
func (a *args) assetMeant() (*Asset, error) {
	if _, err := strconv.Atoi(strings.TrimPrefix(a.peek(), "#")); err == nil {
		return a.asset()
	}
	w := a.words()
	for n := len(w); n > 0; n-- {
		if known, err := a.assetCalled(strings.Join(w[:n], " "), n == 1); known != nil || err != nil {
			a.remaining = strings.Join(w[n:], " ")
			return known, err
		}
	}
	return nil, nil
}

// assetCalled returns the asset with a name, with or without its type, or nil if there is
// none. If begins is set, the beginning of a name counts as well.
func (a *args) assetCalled(name string, begins bool) (*Asset, error) {
	const least = 3 // letters of a beginning
	for _, fits := range []func(s string) bool{
		func(s string) bool { return strings.EqualFold(s, name) },
		func(s string) bool {
			return begins && len(name) >= least && strings.HasPrefix(strings.ToLower(s), strings.ToLower(name))
		},
	} {
		var found []*Asset
		for _, x := range a.Room.Assets {
			if x.Name != Blank && (fits(x.Name) || !begins && fits(x.Type+" "+x.Name)) {
				found = append(found, x)
			}
		}
		switch len(found) {
		case 0:
			continue
		case 1:
			a.as("asset", Safef("%d", found[0].N))
			a.as("which is", found[0].Words())
			return found[0], nil
		}
		return nil, Refuse(Invalid, "%s matches more than one asset: %d (%s) and %d (%s); give the number",
			quoted(name),
			found[0].N, found[0].Words(), found[1].N, found[1].Words())
	}
	return nil, nil
}
