// Which sections are spoken of by name? Their SNOMED CT codes, the same in 4.0 to 4.2.

export const administrative = '405624007';
export const personal = '302147001';
export const sendingOrganization = '185362004';
export const receivingOrganization = '275645009';
export const patientContext = '109481000146101';
export const medicalContext = '371524004';
export const practitioners = '405623001';
export const diagnosis = '52870002';
export const medicalHistory = '417662000';
export const carePlan = '773130005';
export const healthState = '5531000179105';
export const documents = '397966007';
