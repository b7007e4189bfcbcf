// A recording as WAV, which every browser can write. public/js/voice.js loads it for the channels that take nothing else.
const WAV_RATE = 16_000;

export async function wavOf(sound) {
  const decoder = new OfflineAudioContext(1, 1, WAV_RATE);
  const heard = await decoder.decodeAudioData(await sound.arrayBuffer());
  const samples = heard.getChannelData(0);
  const data = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const words = (at, text) => {
    for (const [i, letter] of [...text].entries()) data.setUint8(at + i, letter.charCodeAt(0));
  };
  words(0, 'RIFF');
  data.setUint32(4, 36 + samples.length * 2, true);
  words(8, 'WAVEfmt ');
  data.setUint32(16, 16, true);
  data.setUint16(20, 1, true);
  data.setUint16(22, 1, true);
  data.setUint32(24, WAV_RATE, true);
  data.setUint32(28, WAV_RATE * 2, true);
  data.setUint16(32, 2, true);
  data.setUint16(34, 16, true);
  words(36, 'data');
  data.setUint32(40, samples.length * 2, true);
  for (const [i, sample] of samples.entries()) data.setInt16(44 + i * 2, Math.max(-1, Math.min(1, sample)) * 0x7fff, true);
  return new Blob([data], { type: 'audio/wav' });
}
