package cli

import "reflect"

// hideSecrets takes the environment variables that hold secrets out of the
// environment, so that no program that this one starts gets them: an editor, or
// one that prints another secret. The program itself reads them on.
func (a *app) hideSecrets() {
	if a.Unsetenv == nil {
		return
	}
	kept := map[string]string{}
	for _, name := range secretEnvs(reflect.ValueOf(a.cfg)) {
		if v := a.Getenv(name); v != "" {
			kept[name] = v
			a.Unsetenv(name)
		}
	}
	if len(kept) == 0 {
		return
	}
	getenv := a.Getenv
	a.Getenv = func(name string) string {
		if v, ok := kept[name]; ok {
			return v
		}
		return getenv(name)
	}
}

// secretEnvs returns the variables that the secrets of a configuration name,
// wherever they stand in it.
func secretEnvs(v reflect.Value) []string {
	if from, ok := v.Interface().(SecretFrom); ok {
		if from.Env == "" {
			return nil
		}
		return []string{from.Env}
	}
	var out []string
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out = append(out, secretEnvs(v.Field(i))...)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			out = append(out, secretEnvs(v.Index(i))...)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			out = append(out, secretEnvs(v.MapIndex(k))...)
		}
	}
	return out
}
