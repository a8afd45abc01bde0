// Which release is this? As package.json says.
import about from '../../package.json' with { type: 'json' };

export const { version } = about;
