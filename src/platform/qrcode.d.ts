// The one function of the package that is used; it brings no types of its own.
declare module 'qrcode' {
  const qrcode: {
    create(text: string, options: { errorCorrectionLevel: 'M' }): { modules: { size: number; data: Uint8Array } };
  };
  export default qrcode;
}
